import { API_SCOPES, type ApiKeyMode, type ApiScope } from '@keyflow/contracts'
import type { Store } from '@keyflow/runtime'
import { hashApiKey, mintApiKey } from '../adapters/crypto-api-keys.ts'
import {
  findApiKeyByHash,
  hasApiKeys,
  insertApiKey,
  listApiKeys,
  putApiKey,
  revokeApiKey,
  touchApiKey,
} from '../adapters/mongo-api-keys.ts'
import { type ApiKey, isUsable, managedModes, type Principal } from '../domain/api-key.ts'

export interface ApiKeyWish {
  readonly name: string
  readonly scopes: readonly ApiScope[]
  readonly mode: ApiKeyMode
  readonly expiresAt: Date | null
  readonly createdBy: string
}

export const createApiKeys = (deps: { readonly store: Store; readonly clock: () => Date }) => {
  const { store, clock } = deps
  const mint = (id: string, wish: ApiKeyWish) => {
    const { text, hash, hint } = mintApiKey(wish.mode)
    const key: ApiKey = { id, ...wish, hint, createdAt: clock(), lastUsedAt: null, revokedAt: null }
    return { key, text, hash }
  }
  return {
    /** Hashed and looked up the same way for any text. null unless a key of now. */
    find: async (text: string): Promise<ApiKey | null> => {
      const key = await findApiKeyByHash(store, hashApiKey(text))
      const now = clock()
      if (key === null || !isUsable(key, now)) return null
      // When a key was last used is worth no failed request.
      touchApiKey(store, key, now).catch(() => {})
      return key
    },
    /**
     * `text` is the key itself: for the answer, and for nothing else. A request that is worked on again has the same id:
     * the key whose text nobody was told is replaced, so one key comes of it.
     */
    create: async (id: string, wish: ApiKeyWish) => {
      const { key, text, hash } = mint(id, wish)
      await putApiKey(store, key, hash)
      return { key, text }
    },
    list: (by: Principal) => listApiKeys(store, managedModes(by)),
    revoke: (id: string, by: Principal) => revokeApiKey(store, id, managedModes(by), clock()),
    /** The first key of an installation, of all scopes; null when there are keys. Of several replicas one makes it. */
    createFirst: async (): Promise<string | null> => {
      if (await hasApiKeys(store)) return null
      const wish = { name: 'first key', scopes: API_SCOPES, mode: 'all', expiresAt: null } as const
      const { key, text, hash } = mint('key_first', { ...wish, createdBy: 'first boot' })
      return (await insertApiKey(store, key, hash)) ? text : null
    },
  }
}
export type ApiKeys = ReturnType<typeof createApiKeys>
