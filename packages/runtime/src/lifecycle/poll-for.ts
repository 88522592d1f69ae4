import { delay } from '../errors/backoff.ts'

export interface PollOptions {
  readonly withinMs: number
  readonly everyMs: number
  readonly signal?: AbortSignal
}

/**
 * Waits for what another part of the service brings about, such as a record that was appended and is to be folded.
 * Resolves with what `probe` finds, or with undefined when it is not there in time: it may still come.
 */
export const pollFor = async <T>(
  probe: () => Promise<T | undefined> | T | undefined,
  { withinMs, everyMs, signal }: PollOptions,
): Promise<T | undefined> => {
  const deadline = performance.now() + withinMs
  while (performance.now() < deadline && signal?.aborted !== true) {
    const found = await probe()
    if (found !== undefined) return found
    await delay(everyMs, signal)
  }
  return undefined
}
