import { scopedId } from '@keyflow/contracts'
import {
  type OutboxEntry,
  type PersonalVault,
  pollFor,
  type RecordPublisher,
  type Store,
  type Transaction,
  toErasureRecords,
} from '@keyflow/runtime'
import { countContacts, findTied } from '../adapters/contact-store.ts'

export interface ErasureRequest {
  readonly account: string
  readonly livemode: boolean
  /** Stripe id of the customer; of a guest, of the checkout session. */
  readonly id: string
  readonly actor: string
  readonly reason: string
}

export interface ErasureResult {
  readonly erasureId: string
  /** Scoped ids whose keys are dropped. */
  readonly subjects: readonly string[]
  readonly contacts: number
  /** `accepted`: in the log, not yet applied by this service. */
  readonly state: 'dry_run' | 'erased' | 'accepted'
}

export interface ErasePersonDeps {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly personal: PersonalVault
  readonly topic: string
  readonly clock: () => Date
  readonly newId: () => string
}

const UNTIL_APPLIED = { withinMs: 5000, everyMs: 50 }

/** Appends the erasure of a person to the log, from where every service takes it, and waits until this one has. */
export const createErasePerson =
  (deps: ErasePersonDeps) =>
  async (request: ErasureRequest, dryRun: boolean): Promise<ErasureResult> => {
    const { actor, reason } = request
    const subjects = await findTied(deps.store, scopedId(request, request.id))
    const erasureId = `erasure_${deps.newId()}`
    const found = { erasureId, subjects, contacts: await countContacts(deps.store, subjects) }
    if (dryRun) return { ...found, state: 'dry_run' }
    const order = { erasureId, subjects, at: deps.clock().toISOString(), actor, reason }
    await deps.publisher.publishAll(toErasureRecords(deps.topic, order))
    const applied = async () => {
      deps.personal.forget(subjects)
      return (await deps.personal.areErased(subjects)) || undefined
    }
    return { ...found, state: (await pollFor(applied, UNTIL_APPLIED)) === true ? 'erased' : 'accepted' }
  }

/** A customer that the seller deleted in Stripe: the same erasure, out of the transaction that learned of it. */
export const erasuresOfDeleted = async (
  topic: string,
  deleted: readonly { readonly subject: string; readonly eventId: string }[],
  { store, session, now }: Transaction,
): Promise<readonly OutboxEntry[]> => {
  const entries: OutboxEntry[] = []
  for (const { subject, eventId } of deleted) {
    const order = {
      erasureId: `erasure_${eventId}`,
      subjects: await findTied(store, subject, session),
      at: now.toISOString(),
      actor: 'stripe',
      reason: 'customer.deleted',
    }
    for (const record of toErasureRecords(topic, order))
      entries.push({ id: `${order.erasureId}:${record.key}`, ...record })
  }
  return entries
}
