import { createHash } from 'node:crypto'
import { canonical } from '@keyflow/contracts'
import type { Store } from '@keyflow/runtime'
import type { License } from '../domain/license.ts'

type LicenseRow = Omit<License, 'id'> & { readonly _id: string }

/** What two databases that were folded from the same log must agree on. */
export interface StateDigest {
  /** SHA-256 of every license's state, of what turned out to be one license, and of what waits for a person. */
  readonly state: string
  /** SHA-256 of which key every license has. */
  readonly keys: string
  readonly licenses: number
}

/**
 * Digests the whole state. Left out is what only tells of the database's own past: how many versions of a license it has
 * seen, when, and the name of its ledger. Streams; memory does not grow with the licenses.
 */
export const digestState = async (store: Store): Promise<StateDigest> => {
  const state = createHash('sha256')
  const keys = createHash('sha256')
  let licenses = 0
  for await (const row of licensesOf(store)) {
    state.update(stateOf(row))
    keys.update(keyOf(row))
    licenses += 1
  }
  const reviews = store.db.collection<{ _id: string; reason: string }>('reviews').find({ state: 'open' })
  for await (const { _id, reason } of reviews.sort({ _id: 1 })) state.update(canonical([_id, reason]))
  return { state: state.digest('hex'), keys: keys.digest('hex'), licenses }
}

/** Ids of licenses of which two databases differ; at most `limit`. */
export const findDifferences = async (a: Store, b: Store, limit: number): Promise<readonly string[]> => {
  const different: string[] = []
  const [left, right] = [licensesOf(a)[Symbol.asyncIterator](), licensesOf(b)[Symbol.asyncIterator]()]
  let [x, y] = [await left.next(), await right.next()]
  while ((x.done !== true || y.done !== true) && different.length < limit) {
    const [p, q] = [x.done === true ? null : x.value, y.done === true ? null : y.value]
    const isLeft = p !== null && (q === null || p._id <= q._id)
    const isRight = q !== null && (p === null || q._id <= p._id)
    if (!(isLeft && isRight && stateOf(p) === stateOf(q) && keyOf(p) === keyOf(q)))
      different.push(isLeft ? p._id : (q?._id ?? ''))
    if (isLeft) x = await left.next()
    if (isRight) y = await right.next()
  }
  await Promise.all([left.return?.(undefined), right.return?.(undefined)])
  return different
}

const licensesOf = (store: Store): AsyncIterable<LicenseRow> =>
  store.db.collection<LicenseRow>('licenses').find().sort({ _id: 1 })

const stateOf = (row: LicenseRow): string => {
  const {
    ledger: _l,
    version: _v,
    createdAt: _a,
    updatedAt: _u,
    issuedAt,
    keyHash: _h,
    keyLast6: _6,
    clock: _t,
    ...rest
  } = row
  // What was derived of a license, and told, until it turned out to continue another depends on when it turned out.
  if (row.supersededBy !== null) return canonical({ _id: row._id, supersededBy: row.supersededBy })
  return `${canonical(rest)}${issuedAt === null ? ' ' : '!'}`
}

const keyOf = ({ _id, keyVersion, keyHash, keyLast6 }: LicenseRow): string =>
  canonical([_id, keyVersion, keyHash, keyLast6])
