/** Unix milliseconds with their fraction; comparable with `Date.now()` of other processes of this machine. */
export const unixNow = (): number => performance.timeOrigin + performance.now()
