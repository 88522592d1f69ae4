import { describe, expect, it } from '@jest/globals'
import type { LicenseAction } from '@keyflow/contracts'
import fc from 'fast-check'
import { startHistory } from './catalog-history.ts'
import { DEFAULT_POLICY } from './derived-license.ts'
import { deriveLedger, mergeAll } from './fold.ts'
import type { LedgerFact } from './ledger-fact.ts'
import { NO_FACTS } from './ledger-facts.ts'

const SCOPE = { account: 'platform', livemode: true }
const HOUR = 3600
const RULES = {
  catalogs: startHistory({
    tiers: { pro: { max_domains: 10, features: ['updates'] }, free: { max_domains: 1, features: [] } },
    prices: {},
  }),
  policy: DEFAULT_POLICY,
  identify: (name: string) => name,
}

const create = (more: object = {}): LicenseAction => ({
  kind: 'create',
  source: 'comped',
  productId: 'app',
  tier: 'pro',
  granted: { maxDomains: 10, features: ['updates'] },
  maxDomains: null,
  features: null,
  metadata: { order: '1' },
  expiresAt: null,
  customer: null,
  contact: null,
  importedKey: null,
  quiet: false,
  ...more,
})

const decided = (actions: readonly LicenseAction[]): readonly LedgerFact[] =>
  actions.map((action, i) => ({
    kind: 'operation',
    scope: SCOPE,
    state: { id: `op_${i}`, at: i * 1000, license: 'lic', ref: 'op_0', action, actor: 'a', reason: 'r' },
  }))

const licenseOf = (facts: readonly LedgerFact[]) =>
  deriveLedger(SCOPE, mergeAll(NO_FACTS, facts), RULES).licenses[0]

const action: fc.Arbitrary<LicenseAction> = fc.oneof(
  fc.constantFrom<LicenseAction>({ kind: 'suspend' }, { kind: 'reinstate' }, { kind: 'revoke' }),
  fc.record({
    kind: fc.constant('rotate_key' as const),
    overlapSeconds: fc.integer({ min: 0, max: 9 * HOUR }),
    quiet: fc.boolean(),
  }),
  fc.record(
    {
      kind: fc.constant('limits' as const),
      tier: fc.constantFrom('pro', 'free', null),
      maxDomains: fc.option(fc.integer({ min: 0, max: 99 })),
      metadata: fc.dictionary(fc.constantFrom('a', 'b', 'order'), fc.option(fc.string())),
    },
    { requiredKeys: ['kind'] },
  ),
)

describe('decisions about a license', () => {
  it('give the same license in any order and any number of times', () => {
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 12 }).chain((actions) => {
          const facts = decided([create(), ...actions])
          return fc.tuple(fc.constant(facts), fc.shuffledSubarray([...facts, ...facts]))
        }),
        ([facts, some]) => {
          expect(licenseOf([...some, ...facts.toReversed()])).toEqual(licenseOf(facts))
        },
      ),
    )
  })

  it('replace the key one version at a time, each old one with the end of its own overlap (case 44)', () => {
    const rotate = (hours: number): LicenseAction => ({
      kind: 'rotate_key',
      overlapSeconds: hours * HOUR,
      quiet: false,
    })
    const license = licenseOf(decided([create(), rotate(2), { kind: 'suspend' }, rotate(1)]))
    expect(license?.keyring).toMatchObject({
      version: 3,
      retired: [
        { version: 1, rotatedAt: 1000, overlapEndsAt: 1000 + 2 * HOUR * 1000 },
        { version: 2, rotatedAt: 3000, overlapEndsAt: 3000 + HOUR * 1000 },
      ],
    })
  })

  it('keep notes key by key, and remove what is set to null', () => {
    const notes = (metadata: Record<string, string | null>): LicenseAction => ({ kind: 'limits', metadata })
    expect(licenseOf(decided([create(), notes({ seat: 'b' })]))?.metadata).toEqual({ order: '1', seat: 'b' })
    expect(licenseOf(decided([create(), notes({ order: null })]))?.metadata).toBeUndefined()
  })

  it('give what the tier granted when the license was made, should the catalog forget the tier', () => {
    const gone = create({ tier: 'gone', granted: { maxDomains: 7, features: ['sso'] } })
    expect(licenseOf(decided([gone]))?.terms).toMatchObject({
      tier: 'gone',
      maxDomains: 7,
      features: ['sso'],
    })
  })
})
