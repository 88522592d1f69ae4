import { openSigned, trustKeys } from '@keyflow/client'
import { type EndorsedKeys, KEYSET_TYPE } from '@keyflow/client/protocol'
import { type CollectionSpec, isDuplicateKey, type Store } from '@keyflow/runtime'
import { calculateJwkThumbprint } from 'jose'

interface EndorsementRow {
  _id: 'current'
  text: string
  iat: number
}

export const ENDORSEMENTS: CollectionSpec = { name: 'keyset_endorsements' }

const rowsOf = (store: Store) => store.db.collection<EndorsementRow>(ENDORSEMENTS.name)

export const findEndorsement = async (store: Store): Promise<string | null> =>
  (await rowsOf(store).findOne({ _id: 'current' }))?.text ?? null

/**
 * Keeps what the offline root has signed. `rootKey`: its public half, base64url; '' = there is none. Resolves with what is wrong,
 * or null.
 */
export const saveEndorsement = async (
  store: Store,
  rootKey: string,
  text: string,
): Promise<string | null> => {
  if (rootKey === '') return 'There is no root: SIGNING_ROOT_KEY is not set.'
  const root = { kty: 'OKP', crv: 'Ed25519', x: rootKey } as const
  const kid = await calculateJwkThumbprint(root)
  const opened = await openSigned<EndorsedKeys>(
    text,
    KEYSET_TYPE,
    trustKeys({ keys: [{ ...root, kid }], revoked: [] }),
  )
  if ('problem' in opened) return `The root has not signed this (${opened.problem}).`
  const { iat, keys, revoked } = opened.payload
  if (!Number.isInteger(iat) || !Array.isArray(keys) || !Array.isArray(revoked))
    return 'This is not a keyset.'
  try {
    // Of two at once the later one holds: the other finds no row that is older, and cannot insert a second one.
    await rowsOf(store).replaceOne({ _id: 'current', iat: { $lt: iat } }, { text, iat }, { upsert: true })
    return null
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    const published = await findEndorsement(store)
    return published === text ? null : 'A later endorsement is published already.'
  }
}
