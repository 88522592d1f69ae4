import type { World } from '../events/world.ts'
import type { SettingsRecord } from '../objects/settings.ts'

/** Eight tries in two weeks, and then the subscription is canceled: what Stripe does when nothing was set. */
export const DEFAULT_SETTINGS: SettingsRecord = {
  object: 'sandbox.settings',
  id: 'settings',
  retry_after_days: [1, 1, 2, 2, 3, 2, 3],
  final_action: 'cancel',
}

/** The settings of the account. */
export const settingsOf = (world: World): SettingsRecord =>
  world.get('sandbox.settings', 'settings') ?? DEFAULT_SETTINGS
