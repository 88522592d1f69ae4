import { type ActivationRecord, keyflowHeaders, type Scope } from '@keyflow/contracts'
import {
  insertOutbox,
  inTransaction,
  isDuplicateKey,
  type OutboxEntry,
  publishEntries,
  type RecordPublisher,
  type Store,
} from '@keyflow/runtime'
import { findActivations, readActivations, writeActivations } from '../adapters/mongo-activations.ts'
import {
  type ActivationFact,
  type Activations,
  mergeActivation,
  NO_ACTIVATIONS,
  type Place,
  place,
  type Standing,
  standingOf,
} from '../domain/activations.ts'
import { createInTurn } from './in-turn.ts'

export interface PlaceLicenseDeps {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly topic: string
  readonly clock: () => Date
}

export interface Placed {
  readonly id: string
  readonly scope: Scope
}

export type Added =
  | { readonly kind: 'active'; readonly standing: Standing }
  | { readonly kind: 'full'; readonly limit: number; readonly used: number }

/**
 * Adds and removes the places of a license. The decision, the new state and the record for the log are one transaction
 * on the one document that holds the license's places: any number of processes give out exactly the limit.
 */
export const createPlaceLicense = (deps: PlaceLicenseDeps) => {
  const { store } = deps
  const inTurn = createInTurn()

  /** Decides on the stored places, and writes what was decided; again with the newer places when somebody was faster. */
  const decide = async <R>(
    license: Placed,
    decision: (activations: Activations) => { readonly fact: ActivationFact | null; readonly result: R },
  ): Promise<R> => {
    for (;;) {
      try {
        const { result, entry } = await inTransaction(store, async (session) => {
          const tx = { store, session }
          const before = (await readActivations(tx, [license.id])).get(license.id) ?? NO_ACTIVATIONS
          const decided = decision(before)
          if (decided.fact === null) return { result: decided.result, entry: null }
          const recorded = toEntry(deps.topic, license, decided.fact)
          await writeActivations(tx, license.id, before, mergeActivation(before, decided.fact))
          await insertOutbox(store, session, [recorded], deps.clock())
          return { result: decided.result, entry: recorded }
        })
        // What cannot be published now, the sweeper publishes: the decision stands.
        if (entry !== null) publishEntries(store, deps.publisher, [entry]).catch(() => {})
        return result
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
      }
    }
  }

  const add = async (license: Placed, wanted: Place, limit: number): Promise<Added> => {
    const at = deps.clock().getTime()
    const seen = place(await findActivations(store, license.id), wanted, limit, at)
    if (seen.kind === 'stands') return { kind: 'active', standing: seen.standing }
    if (seen.kind === 'full') return seen
    return decide<Added>(license, (activations) => {
      const placement = place(activations, wanted, limit, at)
      if (placement.kind === 'full') return { fact: null, result: placement }
      if (placement.kind === 'stands')
        return { fact: null, result: { kind: 'active', standing: placement.standing } }
      const standing = standingOf(mergeActivation(activations, placement.fact), wanted)
      if (standing === null) throw new Error('a place that was just added does not stand')
      return { fact: placement.fact, result: { kind: 'active', standing } }
    })
  }

  const remove = (license: Placed, given: Place): Promise<boolean> =>
    decide(license, (activations) => {
      const { kind, value } = given
      const isThere = activations.places.some((p) => p.kind === kind && p.value === value)
      const at = deps.clock().getTime()
      return {
        fact: isThere ? { kind, value, active: false, at, seq: activations.seq + 1 } : null,
        result: isThere,
      }
    })

  return {
    list: (licenseId: string): Promise<Activations> => findActivations(store, licenseId),

    /** Adding what is there changes nothing. */
    add: (license: Placed, wanted: Place, limit: number): Promise<Added> =>
      inTurn(license.id, () => add(license, wanted, limit)),

    /** Resolves with false when the license was not used there: removing twice does no harm. */
    remove: (license: Placed, given: Place): Promise<boolean> =>
      inTurn(license.id, () => remove(license, given)),
  }
}
export type PlaceLicense = ReturnType<typeof createPlaceLicense>

const toEntry = (topic: string, { id, scope }: Placed, fact: ActivationFact): OutboxEntry => {
  const record: ActivationRecord = {
    id: `act_${id}:${fact.seq}`,
    at: new Date(fact.at).toISOString(),
    account: scope.account,
    livemode: scope.livemode,
    licenseId: id,
    seq: fact.seq,
    kind: fact.kind,
    value: fact.value,
    active: fact.active,
  }
  return {
    id: record.id,
    topic,
    key: id,
    value: JSON.stringify(record),
    headers: keyflowHeaders({
      id: record.id,
      source: 'keyflow/licensing/api',
      type: `license.${fact.active ? 'activated' : 'deactivated'}`,
      subject: id,
      at: record.at,
      scope,
    }),
  }
}
