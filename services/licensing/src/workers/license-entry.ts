import { keyflowHeaders, type LicenseEvent, type RecordHeaders } from '@keyflow/contracts'
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

/** What told of the change, and the ledger that it was told of. */
type Told = Pick<FoldedLedger, 'causes' | 'headers'> & { readonly ledger: { readonly id: string } }

/** A change of a license as a record of `license.events`; the key travels encrypted, and only when it is new. */
export const toLicenseEntry = async (
  deps: EntryDeps,
  folded: Told,
  license: License,
  change: Change,
  now: Date,
): Promise<OutboxEntry> => {
  const isNewKey = change.type === 'license.issued' || change.type === 'license.key_rotated'
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
    ...(isNewKey && isQuiet(license) ? { quiet: true } : {}),
    ...(change.type === 'license.key_rotated' ? oldKeyUntil(license) : {}),
    ...(isNewKey && !isImported(license)
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

const isImported = ({ keyring }: License): boolean => keyring?.version === 1 && keyring.imported !== null

const oldKeyUntil = ({ keyring }: License): { readonly oldKeyUntil?: string } => {
  const last = keyring?.retired.at(-1)
  return last === undefined ? {} : { oldKeyUntil: new Date(last.overlapEndsAt).toISOString() }
}

/** A key that the license brought along is its owner's already. */
const isQuiet = (license: License): boolean => license.keyring?.quiet === true || isImported(license)

const headersOf = (event: LicenseEvent, carried: RecordHeaders): RecordHeaders => ({
  ...carried,
  ...keyflowHeaders({
    id: event.id,
    source: 'keyflow/licensing',
    type: event.type,
    subject: event.licenseId,
    at: event.at,
    scope: event,
  }),
})
