import type { Recurring } from '../objects/catalog.ts'

const DAY = 86_400

/** The anchor moved by so many months; a day that the month lacks becomes its last day. */
const addMonths = (anchor: number, months: number): number => {
  const from = new Date(anchor * 1000)
  const target = new Date(from)
  target.setUTCDate(1)
  target.setUTCMonth(from.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate()
  target.setUTCDate(Math.min(from.getUTCDate(), lastDay))
  return Math.floor(target.getTime() / 1000)
}

const step = (anchor: number, { interval, interval_count }: Recurring, times: number): number => {
  const count = interval_count * times
  switch (interval) {
    case 'day':
      return anchor + count * DAY
    case 'week':
      return anchor + count * 7 * DAY
    case 'month':
      return addMonths(anchor, count)
    case 'year':
      return addMonths(anchor, count * 12)
  }
}

/**
 * The end of the period that starts at `start`. Counted from the anchor, so that a subscription of 31 January
 * renews on 28 February and on 31 March. All in Unix seconds.
 */
export const periodEnd = (anchor: number, start: number, recurring: Recurring): number => {
  let times = 1
  while (step(anchor, recurring, times) <= start) times += 1
  return step(anchor, recurring, times)
}
