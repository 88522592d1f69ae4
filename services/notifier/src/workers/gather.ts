interface Waiting<I, O> {
  readonly item: I
  readonly resolve: (outcome: O) => void
  readonly reject: (error: unknown) => void
}

/**
 * Does together what is asked for at the same moment: while one run is under way the next one gathers, and what comes alone
 * waits for nobody. `run` answers in the order of its items. A run of several that fails is made again for each alone, so that
 * one item spoils no other.
 */
export const createGather = <I, O>(
  run: (items: readonly I[]) => Promise<readonly O[]>,
  most: number,
): ((item: I) => Promise<O>) => {
  let waiting: Waiting<I, O>[] = []
  let isRunning = false

  const runTogether = async (group: readonly Waiting<I, O>[]): Promise<void> => {
    try {
      const outcomes = await run(group.map(({ item }) => item))
      for (const [at, { resolve }] of group.entries()) resolve(outcomes[at] as O)
    } catch (error) {
      if (group.length === 1) for (const { reject } of group) reject(error)
      else for (const one of group) await runTogether([one])
    }
  }

  const next = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting.slice(0, most)
      waiting = waiting.slice(most)
      await runTogether(group)
    }
    isRunning = false
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (isRunning) return
      isRunning = true
      // What one turn of the loop brings goes together.
      setImmediate(() => void next())
    })
}
