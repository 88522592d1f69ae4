import { PLATFORM_ACCOUNT, type Scope } from '../records/scope.ts'
import type { Json } from './json.ts'
import { asId, asObject } from './json.ts'

/**
 * Where the objects of an event live, or null where it does not say: neither the mode nor the account is ever
 * guessed, since a wrong guess would let test data touch live licenses or one account's another's.
 */
export const scopeOf = ({ account, livemode }: Json): Scope | null => {
  const owner = account === undefined || account === null ? PLATFORM_ACCOUNT : asId(account)
  return owner === null || typeof livemode !== 'boolean' ? null : { account: owner, livemode }
}

/** The `data.object` of a snapshot event. */
export const objectOf = (event: Json): Json | null => asObject(asObject(event.data)?.object)
