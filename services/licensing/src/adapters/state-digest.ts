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
  for await (const row of store.db.collection<LicenseRow>('licenses').find().sort({ _id: 1 })) {
    const {
      ledger: _l,
      version: _v,
      createdAt: _a,
      updatedAt: _u,
      issuedAt,
      keyHash,
      keyLast6,
      ...rest
    } = row
    // What was once derived of a license that turned out to be another's past depends on when that turned out.
    const kept = row.supersededBy === null ? rest : { _id: row._id, supersededBy: row.supersededBy }
    state.update(canonical(kept)).update(issuedAt === null ? ' ' : '!')
    keys.update(canonical([row._id, row.keyVersion, keyHash, keyLast6]))
    licenses += 1
  }
  const reviews = store.db.collection<{ _id: string; reason: string }>('reviews').find({ state: 'open' })
  for await (const { _id, reason } of reviews.sort({ _id: 1 })) state.update(canonical([_id, reason]))
  return { state: state.digest('hex'), keys: keys.digest('hex'), licenses }
}
