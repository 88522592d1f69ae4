import type { Calendar, IsoDuration } from './calendar.ts'
import type { CaseFile } from './case-file.ts'
import type { Episode } from './episode.ts'
import { fateOf, type Notice } from './notice.ts'

/** Whether a restriction may come, as far as the mails that announced it go. Instants: unix milliseconds. */
export type NoticeGate =
  | { readonly kind: 'open'; readonly from: number }
  /** Asked for, and nobody knows yet what became of it. */
  | { readonly kind: 'pending'; readonly since: number; readonly until: number }
  | { readonly kind: 'refused'; readonly at: number }
  | { readonly kind: 'failed'; readonly at: number; readonly times: number }
  | { readonly kind: 'none' }

/** A report that does not come within this is none: the mail counts as failed. */
export const REPORT_WITHIN: IsoDuration = 'PT24H'

/** Mails of the episode that announced a restriction which has not happened since: those are used up. */
export const announcementsOf = (file: CaseFile, episode: Episode, restriction: string): readonly Notice[] => {
  const taken = Object.values(file.runs)
    .filter(
      ({ step, result, invoice }) =>
        step === restriction && result === 'done' && episode.invoices.has(invoice),
    )
    .map(({ at }) => at)
  return Object.values(file.notices)
    .filter(
      ({ invoice, announces, requestedAt }) =>
        episode.invoices.has(invoice) &&
        announces.some(({ step }) => step === restriction) &&
        !taken.some((at) => at >= requestedAt),
    )
    .sort((a, b) => a.requestedAt - b.requestedAt || (a.id < b.id ? -1 : 1))
}

/**
 * Notice before harm: open from the moment at which an accepted mail is old enough, and never before the date that the
 * newest accepted mail printed.
 */
export const noticeGate = (
  notices: readonly Notice[],
  restriction: string,
  min: IsoDuration,
  now: number,
  zone: string,
  calendar: Calendar,
): NoticeGate => {
  const accepted = notices.filter((notice) => fateOf(notice) === 'accepted')
  if (accepted.length > 0) {
    const ripe = accepted.map(({ acceptedAt }) => calendar.add(acceptedAt ?? 0, min, zone))
    const promised = accepted.flatMap(({ announces }) =>
      announces.filter(({ step }) => step === restriction).map(({ at }) => at),
    )
    return { kind: 'open', from: Math.max(Math.min(...ripe), ...promised) }
  }
  const last = notices.at(-1)
  if (last === undefined) return { kind: 'none' }
  const deadline = calendar.add(last.requestedAt, REPORT_WITHIN, zone)
  if (fateOf(last) === 'pending' && now < deadline)
    return { kind: 'pending', since: last.requestedAt, until: deadline }
  const refused = notices.findLast((notice) => fateOf(notice) === 'refused')
  if (refused !== undefined) return { kind: 'refused', at: refused.refusedAt ?? refused.requestedAt }
  return { kind: 'failed', at: last.failedAt ?? deadline, times: notices.length }
}
