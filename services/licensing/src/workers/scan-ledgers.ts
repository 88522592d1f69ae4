import type { Store } from '@keyflow/runtime'
import { type Ledger, readLedgersAfter } from '../adapters/mongo-ledgers.ts'
import { findLicensesOf } from '../adapters/mongo-licenses.ts'
import type { Derived } from '../domain/derived-license.ts'
import { deriveLedger, type FoldRules, type LicenseWrite, planChanges } from '../domain/fold.ts'

/** A ledger, what follows from it under the rules, and what would have to be written of its licenses. */
export interface ScannedLedger {
  readonly ledger: Ledger
  readonly derived: Derived
  readonly writes: readonly LicenseWrite[]
}

export interface ScannedBatch {
  readonly ledgers: readonly ScannedLedger[]
  readonly licenses: number
  /** Id of the last ledger: another scan can go on behind it. */
  readonly through: string
}

/** Ledgers at once: short enough that validations between two of them do not wait. */
const AT_ONCE = 500

/**
 * Looks at every ledger behind `after` under the rules, and writes nothing. Each batch is read as of one instant; holds two of
 * them in memory. Time alone is no reason to write: what only time has changed is left out.
 */
export async function* scanLedgers(
  { store, rules, clock }: { readonly store: Store; readonly rules: FoldRules; readonly clock: () => Date },
  after: string,
): AsyncGenerator<ScannedBatch> {
  const now = clock()
  let reading = readBatch(store, after, now)
  for (;;) {
    const { ledgers, kept } = await reading
    const end = ledgers.at(-1)
    if (end === undefined) return
    // MongoDB reads the next one while this one is derived.
    reading = readBatch(store, end.id, now)
    reading.catch(() => undefined)
    const scanned = ledgers.map((ledger): ScannedLedger => {
      const derived = deriveLedger(ledger.scope, ledger.facts, rules)
      return {
        ledger,
        derived,
        writes: planChanges(ledger, derived, kept, now.getTime()),
      }
    })
    yield { ledgers: scanned, licenses: kept.size, through: end.id }
  }
}

/** Ledgers and their licenses as of one instant. */
const readBatch = async (store: Store, after: string, now: Date) => {
  const session = store.client.startSession({ snapshot: true })
  try {
    const ledgers = await readLedgersAfter({ store, session }, after, AT_ONCE)
    const kept = await findLicensesOf(
      { store, session, now },
      ledgers.map((ledger) => ledger.id),
    )
    return { ledgers, kept }
  } finally {
    await session.endSession()
  }
}
