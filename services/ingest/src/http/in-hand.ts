/** How much work is in hand, and the bounds above which more is refused instead of queued. */
export interface InHandBudget {
  readonly requests: () => number
  readonly bytes: () => number
  /** Counts one more request, unless there are too many. */
  readonly enter: () => boolean
  /** Counts body bytes as they arrive; false when the bound is passed (they are counted all the same). */
  readonly take: (bytes: number) => boolean
  readonly leave: (bytes: number) => void
}

export const createInHandBudget = (max: {
  readonly requests: number
  readonly bytes: number
}): InHandBudget => {
  let requests = 0
  let bytes = 0
  return {
    requests: () => requests,
    bytes: () => bytes,
    enter: () => {
      if (requests >= max.requests || bytes >= max.bytes) return false
      requests += 1
      return true
    },
    take: (more) => {
      bytes += more
      return bytes <= max.bytes
    },
    leave: (taken) => {
      requests -= 1
      bytes -= taken
    },
  }
}
