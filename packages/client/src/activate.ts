import type { Place } from './client-options.ts'
import type { Transport } from './transport.ts'

export type Activated =
  | { readonly ok: true; readonly limit: number; readonly used: number; readonly rank: number }
  /** `problem`: name of the problem that the server answered with, e.g. `activation-limit-reached`. */
  | { readonly ok: false; readonly problem: string; readonly detail: string }

export type Deactivated =
  | { readonly ok: true; readonly removed: boolean }
  | { readonly ok: false; readonly problem: string; readonly detail: string }

const UNREACHABLE = {
  ok: false,
  problem: 'unreachable',
  detail: 'The license server cannot be reached.',
} as const

/** Takes a place of the license for this domain or machine. Asking again changes nothing. */
export const activate = async (transport: Transport, key: string, place: Place): Promise<Activated> => {
  const reply = await transport.post('/api/v1/licenses/activate', { key, ...place })
  if (reply.kind !== 'reply') return UNREACHABLE
  const { limit, used, activation } = reply.body
  if (reply.status !== 200 || typeof limit !== 'number' || typeof used !== 'number')
    return problemOf(reply.body)
  const rank = (activation as { readonly rank?: unknown } | null)?.rank
  return { ok: true, limit, used, rank: typeof rank === 'number' ? rank : used }
}

/** Gives the place up; it is free for another at once. */
export const deactivate = async (transport: Transport, key: string, place: Place): Promise<Deactivated> => {
  const reply = await transport.post('/api/v1/licenses/deactivate', { key, ...place })
  if (reply.kind !== 'reply') return UNREACHABLE
  return reply.status === 200 ? { ok: true, removed: reply.body.removed === true } : problemOf(reply.body)
}

const problemOf = ({ type, detail, title }: Readonly<Record<string, unknown>>) => ({
  ok: false as const,
  problem:
    String(type ?? '')
      .split('/')
      .at(-1) ?? '',
  detail: String(detail ?? title ?? ''),
})
