import type { Store } from '@keyflow/runtime'
import type { HashAddress } from '../adapters/address-hash.ts'
import { suppressAddress } from '../adapters/suppression-store.ts'
import { maskAddress } from '../domain/mail-address.ts'
import type { OnBounce } from './try-other-address.ts'

/** A mailbox that does not exist gets no more mail until somebody says otherwise. */
export const suppressBounced =
  ({ store, hash }: { readonly store: Store; readonly hash: HashAddress }): OnBounce =>
  (session, row, address) =>
    suppressAddress(
      store,
      {
        addressHash: hash(address),
        masked: maskAddress(address),
        reason: 'hard_bounce',
        until: null,
        message: row._id,
        actor: null,
      },
      session,
    )
