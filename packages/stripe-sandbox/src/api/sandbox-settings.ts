import { settingsOf } from '../billing/settings.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { JsonObject } from '../json.ts'
import type { SettingsRecord } from '../objects/settings.ts'

const MOST_TRIES = 8

/** `3,5,7`: whole days, at most seven of them. */
const daysIn = (text: string): readonly number[] => {
  const days = text.split(',').map((part) => Number(part))
  if (days.length >= MOST_TRIES || days.some((day) => !Number.isInteger(day) || day < 1 || day > 60))
    throw invalidRequest(`Invalid retry_after_days: ${text}`, 'retry_after_days')
  return days
}

const shown = ({ retry_after_days, final_action }: SettingsRecord): JsonObject => ({
  object: 'sandbox.settings',
  retry_after_days,
  final_action,
})

const change = ({ params, world }: Call): SettingsRecord => {
  const days = params.text('retry_after_days')
  const settings = settingsOf(world)
  return world.put<SettingsRecord>({
    ...settings,
    retry_after_days: days === undefined ? settings.retry_after_days : daysIn(days),
    final_action:
      params.word('final_action', ['cancel', 'unpaid', 'past_due', 'pause']) ?? settings.final_action,
  })
}

const PATH = '/v1/sandbox/settings'

/** The dashboard's "manage failed payments": how often to retry, and what to do when nothing helped. */
export const sandboxSettingsRoutes: readonly Route[] = [
  { method: 'GET', path: PATH, handle: ({ world }) => ({ json: shown(settingsOf(world)) }) },
  { method: 'POST', path: PATH, handle: (call) => ({ json: shown(change(call)) }) },
]
