import { HEADER, KEYFLOW_TYPE_PREFIX, type LicenseEvent, type RecordHeaders } from '@keyflow/contracts'
import type { OutboxEntry } from '@keyflow/runtime'
import type { LicenseKeys } from '../adapters/crypto-license-keys.ts'
import type { KeyTransport } from '../adapters/jose-key-transport.ts'
import type { Change } from '../domain/diff.ts'
import type { License } from '../domain/license.ts'
import type { FoldedLedger } from './fold-ledgers.ts'

interface EntryDeps {
  readonly keys: LicenseKeys
  readonly transport: KeyTransport
  readonly licenseTopic: string
}

/** A change of a license as a record of `license.events`; the key travels encrypted, and only when it is new. */
export const toLicenseEntry = async (
  deps: EntryDeps,
  folded: FoldedLedger,
  license: License,
  change: Change,
  now: Date,
): Promise<OutboxEntry> => {
  const event: LicenseEvent = {
    id: `${license.id}:${license.version}`,
    type: change.type,
    schemaVersion: 1,
    at: now.toISOString(),
    account: license.scope.account,
    livemode: license.scope.livemode,
    licenseId: license.id,
    licenseVersion: license.version,
    contactRefs: [...license.contactRefs],
    customer: license.customer,
    subscription: license.origin.kind === 'subscription_item' ? license.origin.subscription : null,
    before: change.before,
    after: change.after,
    cause: [...folded.causes],
    keyVersion: license.keyVersion,
    ...(change.type === 'license.issued'
      ? {
          encryptedKey: await deps.transport.seal(
            deps.keys.issue(license.id, license.keyVersion).text,
            license.id,
          ),
        }
      : {}),
  }
  return {
    id: event.id,
    topic: deps.licenseTopic,
    key: folded.ledger.id,
    value: JSON.stringify(event),
    headers: headersOf(event, folded.headers),
  }
}

const headersOf = (event: LicenseEvent, carried: RecordHeaders): RecordHeaders => ({
  ...carried,
  [HEADER.specVersion]: '1.0',
  [HEADER.id]: event.id,
  [HEADER.source]: 'keyflow/licensing',
  [HEADER.type]: `${KEYFLOW_TYPE_PREFIX}${event.type}.v${event.schemaVersion}`,
  [HEADER.subject]: event.licenseId,
  [HEADER.time]: event.at,
  [HEADER.account]: event.account,
  [HEADER.livemode]: String(event.livemode),
  [HEADER.contentType]: 'application/json',
})
