import type { LicenseEvent } from '@keyflow/contracts'

/** What a receiver is told: the event as it is in the log, without the key and without whom to write to. */
export interface OutgoingEvent {
  /** Also the `webhook-id`: the same for every attempt and every redelivery, so that receivers drop repetitions. */
  readonly id: string
  readonly type: string
  readonly livemode: boolean
  /** Unix milliseconds. */
  readonly at: number
  /** The exact text that is signed and sent. */
  readonly body: string
}

/** Named one by one: a field that a later version of the event gains does not leave the house unnoticed. */
export const licensePayload = (event: LicenseEvent): OutgoingEvent => ({
  id: event.id,
  type: event.type,
  livemode: event.livemode,
  at: Date.parse(event.at),
  body: JSON.stringify({
    type: event.type,
    timestamp: event.at,
    data: {
      id: event.id,
      schemaVersion: event.schemaVersion,
      account: event.account,
      livemode: event.livemode,
      licenseId: event.licenseId,
      licenseVersion: event.licenseVersion,
      keyVersion: event.keyVersion,
      customer: event.customer,
      subscription: event.subscription,
      before: event.before,
      after: event.after,
    },
  }),
})

/** `at`: unix milliseconds. */
export const testPayload = (id: string, livemode: boolean, at: number, iso: string): OutgoingEvent => ({
  id,
  type: 'webhook.test',
  livemode,
  at,
  body: JSON.stringify({ type: 'webhook.test', timestamp: iso, data: { id, schemaVersion: 1, livemode } }),
})
