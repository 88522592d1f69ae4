import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { waitUntil } from '@keyflow/devstack'
import { QUICK_POLICY } from './quick-policy.ts'
import { invoiceEvent, type RunningDunning, runDunning } from './run-dunning.ts'

const LEASE_MS = 500
/** Every answer comes after a lease would have run out, and the other replica would have begun to ask. */
const ANSWER_MS = 1400

let dunning: RunningDunning

beforeAll(async () => {
  dunning = await runDunning(QUICK_POLICY, { DUNNING_LEASE_MS: String(LEASE_MS) })
  await dunning.start()
  await dunning.start()
}, 60_000)
afterAll(() => dunning?.stop())

it('steps are taken, and Stripe is asked once for each, when it answers slower than a lease lasts', async () => {
  const failed = invoiceEvent('payment_failed', {
    subscription: 'sub_slow',
    invoice: 'in_slow',
    at: Math.floor(Date.now() / 1000),
  })
  dunning.unpaidAtStripe(failed, 'sub_slow')
  dunning.stripe.slow(ANSWER_MS)
  const stopReports = dunning.reportMailsOf('sub_slow')
  await dunning.publish(failed)
  await waitUntil(
    () => dunning.changesOf('sub_slow').some(({ restriction }) => restriction?.level === 'suspended'),
    {
      what: 'the suspension',
      deadlineMs: 25_000,
    },
  )
  stopReports()
  // Before the first mail, the downgrade and the suspension.
  expect(dunning.stripe.asked.filter((id) => id === 'sub_slow')).toHaveLength(3)
})
