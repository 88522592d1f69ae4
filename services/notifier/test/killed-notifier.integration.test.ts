import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { waitUntil } from '@keyflow/devstack'
import { type Inbox, startInbox } from './inbox.ts'
import { createWorld, type World } from './notifier-world.ts'

let world: World
let inbox: Inbox

// A world of its own for each test: a killed member holds its group for a session timeout.
beforeEach(async () => {
  world = await createWorld()
  inbox = await startInbox()
}, 60_000)
afterEach(async () => {
  await world.close()
  await inbox.stop()
}, 30_000)

const settledState = (licenseId: string) =>
  waitUntil(
    async () => {
      const row = await world.messages.findOne({ licenseId })
      return row !== null && ['accepted', 'unknown'].includes(row.state) ? row.state : false
    },
    { what: 'the mail to be settled', deadlineMs: 25_000 },
  )

const announce = async (trace: Record<string, string> = {}) => {
  const customer = `cus_${randomUUID()}`
  const license = { id: randomUUID(), refs: [customer] }
  const event = await world.licenseEvent(license, 1)
  await world.publishCustomer({ id: customer, email: `${customer}@example.com` })
  // What arrives together is committed together: the license comes in a batch of its own.
  await waitUntil(() => world.knowsContact(customer), { what: 'the contact', deadlineMs: 25_000 })
  await world.publishLicenseEvent(event, trace)
  return { license, event }
}

describe('a notifier that is killed', () => {
  it.each([
    ['after the commit that put the mail into the ledger', 'batch.committed@2', 'accepted', 1],
    ['when the relay asks for the content, before "sending" is committed', 'mail.rendered', 'accepted', 1],
    ['after "sending" is committed, before the first byte', 'mail.sending', 'unknown', 0],
    ['after the relay has taken the mail, before that is recorded', 'mail.delivered', 'unknown', 1],
  ])(
    '%s: the next one never sends a second copy',
    async (_when, failpoint, state, copies) => {
      const first = world.spawnNotifier(inbox.url, { FAILPOINTS: failpoint })
      const { license } = await announce()
      expect(await first.exited).toBe('SIGKILL')
      world.spawnNotifier(inbox.url)
      expect(await settledState(license.id)).toBe(state)
      expect(inbox.seen).toHaveLength(copies)
    },
    60_000,
  )

  it('between its commit and the commit of its offset takes nothing in twice when the next one reads on', async () => {
    const first = world.spawnNotifier(inbox.url, { FAILPOINTS: 'batch.committed@2' })
    const { license, event } = await announce()
    expect(await first.exited).toBe('SIGKILL')
    const second = world.spawnNotifier(inbox.url)
    await world.publishLicenseEvent(event, {}, 'the same once more')
    const { license: next } = await announce()
    expect(await settledState(next.id)).toBe('accepted')
    expect(await settledState(license.id)).toBe('accepted')
    second.kill('SIGTERM')
    expect(await second.exited).toBe(0)
    expect(inbox.seen).toHaveLength(2)
  }, 60_000)
})

describe('the trace of a purchase', () => {
  it('reaches the SMTP call', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyflow-trace-'))
    const file = join(folder, 'spans.jsonl')
    const notifier = world.spawnNotifier(inbox.url, { KEYFLOW_TRACE_FILE: file })
    const trace = '0af7651916cd43dd8448eb211c80319c'
    const { license } = await announce({ traceparent: `00-${trace}-b7ad6b7169203331-01` })
    expect(await settledState(license.id)).toBe('accepted')
    notifier.kill('SIGTERM')
    await notifier.exited
    const spans = (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { name: string; trace: string; span: string; parent: string; kind: number },
      )
    const send = spans.find(({ name }) => name === 'smtp send')
    const cause = spans.find(({ span }) => span === send?.parent)
    expect(send).toMatchObject({ trace, kind: 2 })
    expect(cause).toMatchObject({ name: 'notifier process', trace })
    await rm(folder, { recursive: true })
  }, 60_000)
})
