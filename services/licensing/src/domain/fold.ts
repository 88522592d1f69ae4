import { type Scope, sameJson, scopedId } from '@keyflow/contracts'
import type { CatalogHistory } from './catalog-history.ts'
import { derive } from './derive.ts'
import type { Derived, DerivedLicense, IdentifyLicense, Policy } from './derived-license.ts'
import { type Change, diffLicense } from './diff.ts'
import type { LedgerFact } from './ledger-fact.ts'
import type { LedgerFacts } from './ledger-facts.ts'
import type { License } from './license.ts'
import { mergeFact } from './merge-facts.ts'
import type { OwnClock } from './own-time.ts'

export interface FoldRules {
  readonly catalogs: CatalogHistory
  readonly policy: Policy
  readonly identify: IdentifyLicense
}

/** A license to be written, and the event that tells of it (null: only internals changed). */
export interface LicenseWrite {
  readonly before: License | undefined
  readonly after: License
  readonly change: Change | null
}

/** Adds facts to a ledger; the same object comes back when none of them says anything new. */
export const mergeAll = (facts: LedgerFacts, added: readonly LedgerFact[]): LedgerFacts =>
  added.reduce(mergeFact, facts)

export const deriveLedger = (scope: Scope, facts: LedgerFacts, rules: FoldRules): Derived =>
  derive(scope, facts, rules.catalogs, rules.policy, rules.identify)

/** What must be written so that the kept licenses of a ledger become the derived ones. `nowMs`: unix milliseconds. */
export const planWrites = (
  ledger: { readonly id: string; readonly scope: Scope },
  derived: Derived,
  kept: ReadonlyMap<string, License>,
  nowMs: number,
  clocks: ReadonlyMap<string, number> = NO_CLOCKS,
): readonly LicenseWrite[] => [
  ...derived.licenses.flatMap((next) => planOne(ledger, next, kept.get(next.id), nowMs, clocks)),
  ...Object.entries(derived.aliases).flatMap(([id, root]) => {
    const before = kept.get(id)
    if (before !== undefined && before.supersededBy === root && before.ledger === ledger.id) return []
    const after = before ?? standIn(ledger, derived, id, root, nowMs, clocks)
    return after === undefined
      ? []
      : [
          {
            before,
            after: { ...after, supersededBy: root, ledger: ledger.id, updatedAt: nowMs },
            change: null,
          },
        ]
  }),
]

/**
 * The license that this would have been had it not been known from the start whose continuation it is. In another order
 * of the same facts its key was sent: it must be known here as well.
 */
const standIn = (
  ledger: { readonly id: string; readonly scope: Scope },
  { licenses }: Derived,
  id: string,
  root: string,
  nowMs: number,
  clocks: ReadonlyMap<string, number>,
): License | undefined => {
  const continued = licenses.find((license) => license.id === root)
  const [write] =
    continued === undefined ? [] : planOne(ledger, { ...continued, id }, undefined, nowMs, clocks)
  return write === undefined ? undefined : { ...write.after, version: 0, issuedAt: null }
}

const planOne = (
  ledger: { readonly id: string; readonly scope: Scope },
  next: DerivedLicense,
  before: License | undefined,
  nowMs: number,
  clocks: ReadonlyMap<string, number>,
): readonly LicenseWrite[] => {
  const clock = ownClock(ledger.scope, next, before, clocks)
  const change = diffLicense(before, next, clock?.now ?? Math.floor(nowMs / 1000))
  if (change === null && before !== undefined && isSame(before, next, ledger.id)) return []
  const keyVersion = next.keyring?.version ?? 1
  const isRotated = before !== undefined && before.keyVersion !== keyVersion
  const after: License = {
    ...next,
    scope: ledger.scope,
    ledger: ledger.id,
    version: (before?.version ?? 0) + (change === null ? 0 : 1),
    keyVersion,
    // A key that was replaced is none of the license's own any more: the new one is put in when this is written.
    keyHash: isRotated ? null : (before?.keyHash ?? null),
    keyLast6: isRotated ? null : (before?.keyLast6 ?? null),
    retiredKeys: before?.retiredKeys ?? [],
    ...(clock === null ? {} : { clock }),
    createdAt: before?.createdAt ?? nowMs,
    updatedAt: nowMs,
    issuedAt: before?.issuedAt ?? (change?.type === 'license.issued' ? nowMs : null),
    supersededBy: null,
  }
  return [{ before, after, change }]
}

/** The same without what only time has changed: nothing is told of a license because somebody looked at it. */
export const planChanges = (
  ledger: { readonly id: string; readonly scope: Scope },
  derived: Derived,
  kept: ReadonlyMap<string, License>,
  nowMs: number,
): readonly LicenseWrite[] => {
  const moved = derived.licenses.filter((next) => {
    const before = kept.get(next.id)
    return before === undefined || !isSame(before, next, ledger.id)
  })
  // Most ledgers are as they were. A stand-in is made from a license that may be.
  const isQuiet = Object.keys(derived.aliases).length === 0
  if (isQuiet && moved.length === 0) return []
  return planWrites(ledger, isQuiet ? { ...derived, licenses: moved } : derived, kept, nowMs).filter(
    isMoreThanTime,
  )
}

const NO_CLOCKS: ReadonlyMap<string, number> = new Map()

/** A test clock stands where it is known to stand, and never before what has happened on it. */
const ownClock = (
  scope: Scope,
  { testClock }: DerivedLicense,
  before: License | undefined,
  clocks: ReadonlyMap<string, number>,
): OwnClock | null => {
  if (testClock === undefined) return null
  const known = Math.max(clocks.get(scopedId(scope, testClock.id)) ?? 0, before?.clock?.now ?? 0)
  const now = Math.max(known, testClock.atLeast)
  return { id: testClock.id, now, written: now }
}

/** Whether a write says more than that time has passed since the last one. */
export const isMoreThanTime = ({ before, after }: LicenseWrite): boolean =>
  before === undefined ||
  before.supersededBy !== after.supersededBy ||
  !isSame(before, derivedOf(after), after.ledger)

const isSame = (kept: License, next: DerivedLicense, ledger: string): boolean =>
  kept.supersededBy === null && kept.ledger === ledger && sameJson(derivedOf(kept), next)

/** The part of a license that follows from facts, catalog and policy. */
const derivedOf = (license: License): DerivedLicense => {
  const {
    scope: _s,
    ledger: _g,
    version: _v,
    keyVersion: _k,
    keyHash: _h,
    keyLast6: _l,
    clock: _o,
    retiredKeys: _r,
    createdAt: _a,
    updatedAt: _u,
    issuedAt: _i,
    supersededBy: _b,
    ...derived
  } = license
  return derived
}
