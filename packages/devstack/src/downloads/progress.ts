/** Where progress goes: one line at a time, no line break at its end. */
export type Log = (line: string) => void

const EVERY_MS = 5_000

/** Says what is being done, every five seconds that it still is, and how long it took. */
export const withProgress = async <T>(log: Log, what: string, work: () => Promise<T>): Promise<T> => {
  const started = Date.now()
  const seconds = (): string => `${((Date.now() - started) / 1000).toFixed(0)} s`
  log(`${what} …`)
  const ticker = setInterval(() => log(`${what} … ${seconds()}`), EVERY_MS)
  try {
    const result = await work()
    log(`${what}: done in ${seconds()}`)
    return result
  } finally {
    clearInterval(ticker)
  }
}
