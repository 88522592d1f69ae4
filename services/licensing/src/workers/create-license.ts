import { type CreateLicenseRequest, type Scope, scopedId } from '@keyflow/contracts'
import { type PersonalVault, ProblemError, type Store } from '@keyflow/runtime'
import type { LicenseKeys } from '../adapters/crypto-license-keys.ts'
import { reserveImportedKey } from '../adapters/mongo-imported-keys.ts'
import type { Tier } from '../domain/catalog.ts'
import type { IdentifyLicense } from '../domain/derived-license.ts'
import { last6 } from '../domain/license-key.ts'
import type { Operated, OperateLicense } from './operate-license.ts'

export interface CreateLicenseDeps {
  readonly store: Store
  readonly keys: LicenseKeys
  readonly personal: PersonalVault
  readonly identify: IdentifyLicense
  readonly operate: OperateLicense
  /** undefined = the catalog has no such tier. */
  readonly tierOf: (name: string) => Tier | undefined
}

export interface Created {
  readonly licenseId: string
  readonly operated: Operated
}

/** Shorter ones would be half told by their last characters. */
const LONG_ENOUGH_TO_HINT = 16

/**
 * Gives a license, or brings one along: the decision goes into the log and is folded like any purchase. Throws problems:
 * `unknown-tier`, `key-in-use`.
 */
export const createCreateLicense =
  (deps: CreateLicenseDeps) =>
  async (
    wish: CreateLicenseRequest,
    scope: Scope,
    by: { readonly operationId: string; readonly actor: string },
  ): Promise<Created> => {
    const ref = by.operationId
    const licenseId = deps.identify(scopedId(scope, ref))
    const tier = deps.tierOf(wish.tier)
    if (tier === undefined) throw new ProblemError('unknown-tier')
    const { metadata = {}, source = wish.key === undefined ? 'comped' : 'imported' } = wish
    const customer = metadata.stripe_customer_id ?? null
    const importedKey = wish.key === undefined ? null : toImported(deps.keys, wish.key)
    if (importedKey !== null && !(await reserveImportedKey(deps.store, importedKey.hash, licenseId)))
      throw new ProblemError('key-in-use')
    const contact = await sealContact(deps.personal, scopedId(scope, customer ?? ref), wish)
    const operated = await deps.operate(
      { licenseId, scope, ref, key: scopedId(scope, ref) },
      {
        id: by.operationId,
        actor: by.actor,
        reason: wish.reason ?? `${source} by the API`,
        action: {
          kind: 'create',
          source,
          productId: wish.product_id,
          tier: wish.tier,
          granted: { maxDomains: tier.maxDomains, features: [...tier.features] },
          maxDomains: wish.max_domains ?? null,
          features: wish.features ?? null,
          metadata,
          expiresAt: wish.expires_at ?? null,
          customer,
          contact,
          importedKey,
          quiet: contact === null || !(wish.notify ?? source === 'comped'),
        },
      },
    )
    return { licenseId, operated }
  }

const toImported = (keys: LicenseKeys, text: string) => ({
  hash: keys.hashTyped(text),
  last6: text.length < LONG_ENOUGH_TO_HINT ? '' : last6(text),
})

/** The only place where a name or an address enters the log: sealed, and null for a person who was erased. */
const sealContact = async (
  personal: PersonalVault,
  subject: string,
  { customer_email: email, customer_name: name }: CreateLicenseRequest,
): Promise<string | null> =>
  email === undefined ? null : personal.seal(subject, { email, name: name ?? null }, { leaves: true })
