import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { waitUntil } from '@keyflow/devstack'
import { QUICK_POLICY } from './quick-policy.ts'
import { invoiceEvent, type RunningDunning, runDunning } from './run-dunning.ts'

let dunning: RunningDunning

beforeAll(async () => {
  dunning = await runDunning(QUICK_POLICY, { DUNNING_POLICY_RELOAD_MS: '300' })
  await dunning.start()
}, 60_000)
afterAll(() => dunning?.stop())

const policyOf = async (subscription: string) =>
  (
    await dunning.store.db
      .collection<{ record: { pinned: { id: string } } }>('cases')
      .findOne({ 'record.facts.subscription': subscription })
  )?.record.pinned.id

describe('a file of policies that changes under the running service', () => {
  it('is for cases that begin from then on; an open one goes on under the policy that it began with', async () => {
    const at = Math.floor(Date.now() / 1000)
    const fail = async (subscription: string, when = at): Promise<void> => {
      const [invoice, customer] = ['in', 'cus'].map((prefix) => subscription.replace('sub', prefix))
      await dunning.publish(
        invoiceEvent('payment_failed', {
          subscription,
          invoice: invoice ?? '',
          customer: customer ?? '',
          at: when,
        }),
      )
    }
    await fail('sub_before')
    await dunning.said('sub_before', 1)
    dunning.usePolicy(QUICK_POLICY.replace('id: quick', 'id: quicker'))
    let cases = 0
    await waitUntil(
      async () => {
        cases += 1
        await fail(`sub_after${cases}`)
        await dunning.said(`sub_after${cases}`, 1)
        return (await policyOf(`sub_after${cases}`)) === 'quicker'
      },
      { what: 'the new policy to be in force', deadlineMs: 20_000, everyMs: 200 },
    )
    // News of a running case does not change its policy.
    await fail('sub_before', at + 1)
    const steps = () => dunning.noticesOf('sub_before').map(({ key }) => key.split(':').at(-1))
    await waitUntil(() => steps().includes('remind'), {
      what: 'the timeline of the retired policy to go on',
      deadlineMs: 15_000,
    })
    expect(await policyOf('sub_before')).toBe('quick')
  })
})
