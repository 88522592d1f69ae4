import { type LicenseSource, type LicenseStatus, type Scope, scopedId } from '@keyflow/contracts'
import type { Store } from '@keyflow/runtime'
import type { Filter } from 'mongodb'
import type { License } from '../domain/license.ts'
import { LICENSES } from './mongo-licenses.ts'

/** What licenses are looked for by; absent = any. Every value is a plain text or number, never a document. */
export interface LicenseFilter {
  readonly livemode: boolean | null
  readonly status?: LicenseStatus
  readonly tier?: string
  readonly productId?: string
  readonly customer?: string
  readonly subscription?: string
  readonly source?: LicenseSource
  /** Unix milliseconds; from the first, before the second. */
  readonly created?: Range
  readonly updated?: Range
  readonly note?: { readonly key: string; readonly value: string }
}
export interface Range {
  readonly from?: number
  readonly before?: number
}

/** Behind which license a page begins. */
export interface Position {
  readonly createdAt: number
  readonly id: string
}

type LicenseRow = Omit<License, 'id'> & { _id: string }
type Condition = Filter<LicenseRow>

const LONGEST_MS = 10_000

const rowsOf = (store: Store) => store.db.collection<LicenseRow>(LICENSES.name)
const fromRow = ({ _id, ...rest }: LicenseRow): License => ({ id: _id, ...rest })

/** Newest first. `at`: unix seconds, by which statuses that depend on time are told. */
export const listLicenses = async (
  store: Store,
  filter: LicenseFilter,
  page: { readonly after: Position | null; readonly limit: number; readonly at: number },
): Promise<readonly License[]> => {
  const conditions = [...conditionsOf(filter, page.at), ...(page.after === null ? [] : [behind(page.after)])]
  const rows = await rowsOf(store)
    .find({ $and: conditions }, { timeoutMS: LONGEST_MS })
    .sort({ createdAt: -1, _id: -1 })
    .limit(page.limit)
    .toArray()
  return rows.map(fromRow)
}

const behind = ({ createdAt, id }: Position): Condition => ({
  $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }],
})

const conditionsOf = (filter: LicenseFilter, at: number): readonly Condition[] => [
  { supersededBy: null },
  ...(filter.livemode === null ? [] : [{ 'scope.livemode': filter.livemode }]),
  ...(filter.status === undefined ? [] : [ofStatus(filter.status, at)]),
  ...(filter.tier === undefined ? [] : [{ 'terms.tier': filter.tier }]),
  ...(filter.productId === undefined ? [] : [{ 'terms.productId': filter.productId }]),
  ...(filter.customer === undefined ? [] : [{ customer: filter.customer }]),
  ...(filter.subscription === undefined ? [] : [{ 'origin.subscription': filter.subscription }]),
  ...(filter.source === undefined ? [] : [ofSource(filter.source)]),
  ...within('createdAt', filter.created),
  ...within('updatedAt', filter.updated),
  ...(filter.note === undefined ? [] : [{ [`metadata.${filter.note.key}`]: filter.note.value }]),
]

const within = (field: 'createdAt' | 'updatedAt', range: Range = {}): readonly Condition[] => [
  ...(range.from === undefined ? [] : [{ [field]: { $gte: range.from } }]),
  ...(range.before === undefined ? [] : [{ [field]: { $lt: range.before } }]),
]

const ofSource = (source: LicenseSource): Condition => {
  if (source === 'subscription') return { 'origin.kind': 'subscription_item' }
  return source === 'purchase' ? { 'origin.kind': 'checkout_line' } : { 'origin.source': source }
}

/** The same rule as `statusAt`, as a condition. */
const ofStatus = (status: LicenseStatus, at: number): Condition => {
  if (status === 'active' || status === 'grace')
    return { billing: status, $or: [{ validThrough: null }, { validThrough: { $gte: at } }] }
  if (status === 'expired')
    return {
      $or: [{ billing: 'ended' }, { billing: { $in: ['active', 'grace'] }, validThrough: { $lt: at } }],
    }
  return { billing: status }
}

/** Licenses that a checkout gave, in any of the scopes. Empty as long as its facts are not folded. */
export const findLicensesOfSession = async (
  store: Store,
  scopes: readonly Scope[],
  session: string,
): Promise<readonly License[]> => {
  const links = store.db.collection<{ _id: string; ledger: string }>('ledger_links')
  const ids = scopes.map((scope) => scopedId(scope, session))
  const ledgers = (await links.find({ _id: { $in: ids } }).toArray()).map((link) => link.ledger)
  if (ledgers.length === 0) return []
  const ofSession = { $or: [{ 'origin.session': session }, { contactRefs: session }] }
  const rows = await rowsOf(store)
    .find({ ledger: { $in: ledgers }, supersededBy: null, granted: true, ...ofSession })
    .sort({ _id: 1 })
    .toArray()
  return rows.map(fromRow)
}
