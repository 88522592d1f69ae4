import type { TestClockRecord } from '../objects/test-clock.ts'
import type { SnapshotKinds } from '../store/kinds.ts'
import type { Store } from '../store/store.ts'
import type { FormObject } from './form-body.ts'

const OWNED: Readonly<Record<string, keyof SnapshotKinds>> = {
  cus: 'customer',
  sub: 'subscription',
  in: 'invoice',
  pi: 'payment_intent',
  ch: 'charge',
  pm: 'payment_method',
  cs: 'checkout.session',
}

/** The customer behind an id, by what its prefix stands for; null when there is none. */
const customerBehind = (store: Store, id: string): string | null => {
  const kind = OWNED[id.slice(0, id.indexOf('_'))]
  const record = kind === undefined ? undefined : store.get(kind, id)
  if (record === undefined) return null
  if (record.object === 'customer') return record.id
  return 'customer' in record ? record.customer : null
}

/** The test clock that a call happens on: that of the customer it is about. undefined for the wall's time. */
export const clockOfCall = (store: Store, id: string, form: FormObject): TestClockRecord | undefined => {
  const named = ['customer', 'subscription', 'invoice'].map((name) => form[name])
  const clock =
    typeof form.test_clock === 'string'
      ? form.test_clock
      : [id, ...named]
          .map((given) => {
            const customer = typeof given === 'string' ? customerBehind(store, given) : null
            return customer === null ? null : (store.get('customer', customer)?.test_clock ?? null)
          })
          .find((found) => found !== null)
  return clock === undefined || clock === null ? undefined : store.get('test_helpers.test_clock', clock)
}
