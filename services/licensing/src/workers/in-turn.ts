/**
 * Runs the work of one name one after the other, of different names at the same time; in this process alone. It decides
 * nothing: it only keeps a crowd that wants the same document from making MongoDB undo each other's transactions.
 */
export const createInTurn = () => {
  const last = new Map<string, Promise<unknown>>()
  return async <R>(name: string, work: () => Promise<R>): Promise<R> => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work, work)
    last.set(name, turn)
    try {
      return await turn
    } finally {
      if (last.get(name) === turn) last.delete(name)
    }
  }
}
