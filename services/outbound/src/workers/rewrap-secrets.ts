import type { Store } from '@keyflow/runtime'
import { listEndpoints } from '../adapters/mongo-endpoints.ts'
import type { SecretBox } from '../adapters/secret-box.ts'
import type { ChangeEndpoint } from './change-endpoint.ts'

/** After a new master key: every signing secret goes under it, in the log as well. Returns how many endpoints changed. */
export const rewrapSecrets = async (
  store: Store,
  endpoints: ChangeEndpoint,
  secrets: SecretBox,
): Promise<number> => {
  let count = 0
  for (const endpoint of await listEndpoints(store)) {
    const rewrapped = endpoint.deleted ? null : secrets.rewrap(endpoint)
    if (rewrapped === null) continue
    const audit = { actor: 'keyflow', reason: 'a new master key' }
    await endpoints.change(endpoint.id, audit, { secrets: [...rewrapped] })
    count += 1
  }
  return count
}
