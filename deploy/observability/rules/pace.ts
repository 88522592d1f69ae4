/** Lengths of time in PromQL, from seconds. Drills run the same rules faster. */
export interface Pace {
  /** `1h`, `90s`, … */
  readonly lasting: (seconds: number) => string
  /** What "the same hour last week" is. */
  readonly week: string
}

export const MINUTE = 60
export const HOUR = 3600
export const DAY = 86_400

const UNITS = [
  ['w', 7 * DAY],
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', 1],
] as const

/** In the largest unit that leaves no fraction, as people write it. */
export const lasting = (seconds: number): string => {
  const unit = UNITS.find(([, size]) => seconds >= size && seconds % size === 0)
  return unit === undefined ? `${Math.round(seconds * 1000)}ms` : `${seconds / unit[1]}${unit[0]}`
}

export const PRODUCTION: Pace = { lasting, week: '1w' }
