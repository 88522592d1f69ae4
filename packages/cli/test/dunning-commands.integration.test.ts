import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { waitUntil } from '@keyflow/devstack'
import { invoiceEvent, type RunningDunning, runDunning } from '../../../services/dunning/test/run-dunning.ts'
import { EXIT, runKeyflow } from '../src/index.ts'
import { pipes } from './world.ts'

const DAY = 86_400_000
const HARSH = `
version: 1
policies:
  - id: harsh
    match: {}
    steps:
      - { id: warn, after: P0D, do: [{ email: payment_failed }], announces: suspend }
      - { id: suspend, after: P2D, do: [{ restrict: { level: suspended } }, { email: license_suspended }], notice: { min: P1D } }
`

interface ShownStep {
  readonly step: string
  readonly state: string
  readonly at: string
}
interface ShownCase {
  readonly id: string
  readonly status: string
  readonly next_action_at: string | null
  readonly steps: readonly ShownStep[]
  readonly decisions: readonly { readonly kind: string; readonly actor: string; readonly reason: string }[]
}

describe('keyflow dunning', () => {
  let dunning: RunningDunning
  let folder: string
  const openedAt = Math.floor(Date.now() / 1000) - 3600

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyflow-dunning-'))
    dunning = await runDunning(null)
    await dunning.start()
  }, 60_000)
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await dunning?.stop()
  })

  const keyflow = async (line: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { world, written } = pipes({
      KEYFLOW_DUNNING_URL: `http://127.0.0.1:${dunning.env.HTTP_PORT}`,
      KEYFLOW_TOKEN: dunning.env.OPERATOR_TOKEN,
      KEYFLOW_ACTOR: 'ada',
      ...env,
    })
    return { code: await runKeyflow(['dunning', ...line], world), ...written }
  }
  /** What a command answers as JSON; fails with what it said instead. */
  const asked = async <T>(...line: string[]): Promise<T> => {
    const { code, stdout, stderr } = await keyflow([...line, '--json'])
    if (code !== EXIT.ok) throw new Error(`keyflow dunning ${line.join(' ')}: ${code} ${stderr}`)
    return JSON.parse(stdout) as T
  }
  const shown = async (subscription: string): Promise<ShownCase> => {
    const { data } = await asked<{ data: [ShownCase] }>('show', subscription)
    return data[0]
  }
  const dateOf = async (subscription: string, step: string): Promise<number> =>
    Date.parse((await shown(subscription)).steps.find((one) => one.step === step)?.at ?? '')
  const stateOf = async (subscription: string, step: string) =>
    (await shown(subscription)).steps.find((one) => one.step === step)?.state

  /** A case of which the warning was sent. */
  const opened = async (subscription: string, invoice = subscription.replace('sub', 'in')) => {
    // Nobody is written to twice a day: each case has a customer of its own.
    const customer = subscription.replace('sub', 'cus')
    const failed = invoiceEvent('payment_failed', { subscription, invoice, customer, at: openedAt })
    dunning.unpaidAtStripe(failed, subscription)
    await dunning.publish(failed)
    await waitUntil(() => dunning.noticesOf(subscription).length > 0, {
      what: `the warning of ${subscription}`,
      deadlineMs: 15_000,
    })
  }

  it('lists a case, shows it, says why it is so, and what other policies would have done to it', async () => {
    await opened('sub_look')
    const list = await asked<{ data: { id: string; status: string }[] }>('list', '--status', 'open', '--test')
    expect(list.data).toContainEqual(
      expect.objectContaining({ id: 'platform:test:sub_look', status: 'open' }),
    )
    const table = await keyflow(['list', '--limit', '1'])
    expect(table.stdout).toMatch(/^CASE +STATUS +LEVEL +OWED/)
    expect(table.stdout).toContain('1900 eur')

    expect((await shown('sub_look')).steps.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'warn done',
      'remind waiting',
      'downgrade waiting',
      'suspend waiting',
    ])
    const explained = await asked<{ why: string[]; next: { step: string; at: string } }>(
      'explain',
      'sub_look',
    )
    expect(explained.why[0]).toContain('The case is open')
    expect(explained.next).toMatchObject({
      step: 'remind',
      at: new Date(openedAt * 1000 + 3 * DAY).toISOString(),
    })

    type Simulated = { counts: Record<string, number>; acts: { what: string; at: string; case: string }[] }
    const mild = await asked<Simulated>('simulate')
    const file = join(folder, 'harsh.yaml')
    writeFileSync(file, HARSH)
    const harsh = await asked<Simulated>('simulate', '--policy', file)
    const suspendedAt = ({ acts }: Simulated) =>
      acts.find(({ what, case: id }) => what === 'suspended' && id.endsWith('sub_look'))?.at
    expect(suspendedAt(mild)).toBe(new Date(openedAt * 1000 + 14 * DAY).toISOString())
    expect(suspendedAt(harsh)).toBe(new Date(openedAt * 1000 + 2 * DAY).toISOString())
    // Nothing came of it.
    expect(await stateOf('sub_look', 'suspend')).toBe('waiting')
  })

  it('moves dates by a pause, its end, and an extension, and takes an extension back', async () => {
    await opened('sub_time')
    const before = await dateOf('sub_time', 'downgrade')
    const until = new Date(Date.now() + 10 * DAY).toISOString()
    await asked('pause', 'sub_time', '--until', until, '--reason', 'promised to pay')
    expect(await dateOf('sub_time', 'downgrade')).toBeGreaterThan(before + 9 * DAY)
    await asked('resume', 'sub_time', '--reason', 'they called')
    expect(Math.abs((await dateOf('sub_time', 'downgrade')) - before)).toBeLessThan(DAY)
    const resumed = await dateOf('sub_time', 'downgrade')
    const extended = await asked<{ decision: string }>(
      'extend',
      'sub_time',
      '--by',
      'P7D',
      '--reason',
      'holiday',
    )
    expect(await dateOf('sub_time', 'downgrade')).toBe(resumed + 7 * DAY)
    await asked('withdraw', 'sub_time', extended.decision, '--reason', 'wrong customer')
    expect(await dateOf('sub_time', 'downgrade')).toBe(resumed)
    const { decisions } = await shown('sub_time')
    expect(decisions.map(({ kind, actor, reason }) => `${kind} by ${actor}: ${reason}`)).toEqual([
      'pause by ada: promised to pay',
      'resume by ada: they called',
      'extend by ada: holiday',
      'withdraw by ada: wrong customer',
    ])
  })

  it('sends a mail of the timeline now, and leaves one out', async () => {
    await opened('sub_mail')
    await asked('send-now', 'sub_mail', 'remind', '--reason', 'asked for the link')
    await waitUntil(
      () => dunning.noticesOf('sub_mail').some(({ template }) => template === 'payment_reminder'),
      {
        what: 'the reminder',
        deadlineMs: 15_000,
      },
    )
    await opened('sub_skip')
    await asked('skip', 'sub_skip', 'remind', '--reason', 'already talked to them')
    expect(await stateOf('sub_skip', 'remind')).toBe('passed')
  })

  it('stops for good what is owed now, whatever Stripe reports of it later, and not what comes after', async () => {
    await opened('sub_stop')
    const unasked = await keyflow(['stop', 'sub_stop', '--reason', 'agreed by phone'])
    expect(unasked.code).toBe(EXIT.usage)
    await asked('stop', 'sub_stop', '--reason', 'agreed by phone', '--yes')
    expect(await dunning.said('sub_stop', 2)).toMatchObject([
      { type: 'dunning.case_opened' },
      { type: 'dunning.case_closed', outcome: 'stopped' },
    ])
    const failure = (invoice: string, at: number) =>
      invoiceEvent('payment_failed', { subscription: 'sub_stop', customer: 'cus_stop', invoice, at })
    await dunning.publish(failure('in_stop', openedAt + 60))
    await dunning.publish(failure('in_later', openedAt + 120))
    const third = (await dunning.said('sub_stop', 3)).at(-1)
    expect(third).toMatchObject({ type: 'dunning.case_opened', invoices: ['in_later'] })
  })

  it('writes off what will not come, and leaves in the log who decided it and why', async () => {
    await opened('sub_lost')
    await asked('write-off', 'sub_lost', '--reason', 'bankrupt', '--yes', '--actor', 'grace')
    expect((await dunning.said('sub_lost', 2)).at(-1)).toMatchObject({ outcome: 'written_off' })
    await waitUntil(() => dunning.operations.some(({ subscription }) => subscription === 'sub_lost'), {
      what: 'the record of the decision',
      deadlineMs: 15_000,
    })
    expect(dunning.operations.find(({ subscription }) => subscription === 'sub_lost')).toMatchObject({
      action: { kind: 'write_off', invoices: ['in_lost'] },
      actor: 'grace',
      reason: 'bankrupt',
    })
  })

  it('lists what waits for a person, and takes it off the list for who did it', async () => {
    await opened('sub_task')
    await asked('send-now', 'sub_task', 'remind', '--reason', 'they asked for it')
    interface Tasks {
      readonly data: readonly { readonly id: string; readonly kind: string; readonly case: string }[]
    }
    const tasks = (...line: string[]) => asked<Tasks>('tasks', '--case', 'platform:test:sub_task', ...line)
    const stopPostman = dunning.reportMailsOf('sub_task', 'mail.bounced')
    const task = await waitUntil(async () => (await tasks()).data[0], {
      what: 'the task of a bounced notice',
      deadlineMs: 15_000,
    }).finally(stopPostman)
    expect(task).toMatchObject({ case: 'platform:test:sub_task', kind: 'notice_refused' })
    await asked('done', task.id, '--reason', 'new address by phone')
    expect((await tasks()).data.filter(({ id }) => id === task.id)).toEqual([])
    expect((await tasks('--closed')).data).toContainEqual(
      expect.objectContaining({ id: task.id, closed_by: { actor: 'ada', reason: 'new address by phone' } }),
    )
    expect((await keyflow(['done', 'no-such-task', '--reason', 'x'])).code).toBe(EXIT.failed)
  })

  it('tells what is wrong: a case that is not there, a step that is not, a missing reason, no token', async () => {
    await opened('sub_odd')
    expect((await keyflow(['explain', 'sub_nowhere'])).code).toBe(EXIT.failed)
    const odd = await keyflow(['skip', 'sub_odd', 'no-such-step', '--reason', 'x'])
    expect([odd.code, odd.stderr.includes('no such step')]).toEqual([EXIT.failed, true])
    expect((await keyflow(['extend', 'sub_odd', '--by', 'P7D'])).code).toBe(EXIT.usage)
    expect((await keyflow(['list'], { KEYFLOW_TOKEN: 'wrong' })).code).toBe(EXIT.notPermitted)
    expect((await shown('sub_odd')).decisions).toEqual([])
  })
})
