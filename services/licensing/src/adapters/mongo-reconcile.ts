import { type Scope, scopedId } from '@keyflow/contracts'
import { type CollectionSpec, findClaimed, findOpenLetters, type Store } from '@keyflow/runtime'

/** How far a list of Stripe's has been read: a run that is cut off goes on where it stopped. */
export interface ReconcileCursor {
  /** Unix seconds: everything created up to here has been compared. */
  readonly through: number | null
  /** The window being read, and the id that the next page comes behind. */
  readonly pass: { readonly from: number; readonly to: number; readonly after: string | null } | null
}

interface CursorRow extends ReconcileCursor {
  _id: string
}

interface TurnRow {
  _id: string
  nextAt: Date
}

export const RECONCILE_CURSORS: CollectionSpec = { name: 'reconcile_cursors' }
export const RECONCILE_TURNS: CollectionSpec = { name: 'reconcile_turns' }

const cursorsOf = (store: Store) => store.db.collection<CursorRow>(RECONCILE_CURSORS.name)

export const findCursor = async (store: Store, scope: Scope, list: string): Promise<ReconcileCursor> => {
  const row = await cursorsOf(store).findOne({ _id: scopedId(scope, list) })
  return { through: row?.through ?? null, pass: row?.pass ?? null }
}

export const saveCursor = async (
  store: Store,
  scope: Scope,
  list: string,
  cursor: ReconcileCursor,
): Promise<void> => {
  await cursorsOf(store).replaceOne({ _id: scopedId(scope, list) }, cursor, { upsert: true })
}

/** What became of those of these events that have reached the log and been looked at here. */
export const findKnownEvents = async (
  store: Store,
  ids: readonly string[],
): Promise<ReadonlyMap<string, 'folded' | 'dead'>> => {
  const claimed = await findClaimed(store, undefined, ids)
  const origins = [...claimed.values()].map(({ origin }) => origin)
  const dead = await findOpenLetters(store, origins)
  return new Map([...claimed].map(([id, { origin }]) => [id, dead.has(origin) ? 'dead' : 'folded']))
}

/** True for one replica in each period (server time): it is its turn to work. */
export const takeTurn = async (store: Store, job: string, everyMs: number): Promise<boolean> => {
  const turns = store.db.collection<TurnRow>(RECONCILE_TURNS.name)
  await turns.updateOne({ _id: job }, { $setOnInsert: { nextAt: new Date(0) } }, { upsert: true })
  const taken = await turns.findOneAndUpdate({ _id: job, $expr: { $lte: ['$nextAt', '$$NOW'] } }, [
    { $set: { nextAt: { $add: ['$$NOW', everyMs] } } },
  ])
  return taken !== null
}

export interface SubscribedLicense {
  readonly id: string
  readonly subscription: string
}

/** Licenses in use that come from a subscription of this scope, in pages; imported and complimentary ones have none. */
export async function* eachSubscribedLicense(store: Store, scope: Scope): AsyncGenerator<SubscribedLicense> {
  const rows = store.db.collection<{ _id: string; origin: { subscription: string } }>('licenses').find(
    {
      'scope.account': scope.account,
      'scope.livemode': scope.livemode,
      'origin.kind': 'subscription_item',
      billing: { $in: ['active', 'grace', 'suspended'] },
      supersededBy: null,
    },
    { projection: { 'origin.subscription': 1 } },
  )
  for await (const { _id, origin } of rows) yield { id: _id, subscription: origin.subscription }
}
