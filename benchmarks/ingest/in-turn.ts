/**
 * `work`, one call at a time. Two searches that share it take their steps by turns, so that what else happens on the machine
 * meets both.
 */
export const inTurn = <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>) => {
  let last: Promise<unknown> = Promise.resolve()
  return (...args: A): Promise<R> => {
    const mine = last.then(() => work(...args))
    last = mine.catch(() => {})
    return mine
  }
}
