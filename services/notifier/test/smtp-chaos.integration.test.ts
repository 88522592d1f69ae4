import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { waitUntil } from '@keyflow/devstack'
import type { MessageRow } from '../src/adapters/message-rows.ts'
import type { MessageState } from '../src/domain/message.ts'
import { type Deed, type HostileRelay, type Moment, startHostileRelay } from './hostile-relay.ts'
import { createWorld, type World } from './notifier-world.ts'
import { dunningEvent, NOTICE } from './samples.ts'

let world: World
let relay: HostileRelay

beforeAll(async () => {
  world = await createWorld()
  relay = await startHostileRelay()
  // One connection, so that deeds meet mails in their order; a wait for reports that a test can sit out.
  await world.startNotifier(`smtp://127.0.0.1:${relay.port}`, {
    SMTP_CONNECTIONS: '1',
    MAIL_UNKNOWN_WAIT_MS: '1500',
    SMTP_DIALOG_MS: '1500',
  })
}, 60_000)
afterAll(async () => {
  await world?.close()
  await relay?.stop()
})
beforeEach(() => {
  relay.contents.length = 0
  relay.fragments.length = 0
})

const customer = async (): Promise<string> => {
  const id = `cus_${randomUUID()}`
  await world.publishCustomer({ id, email: `${id}@example.com` })
  await waitUntil(() => world.knowsContact(id), { what: 'the contact', deadlineMs: 20_000 })
  return id
}

/** A reminder: at most once. */
const remind = async (): Promise<() => Promise<MessageRow | null>> => {
  const id = await customer()
  const caseId = `platform:test:sub_${randomUUID()}`
  await world.publishDunningEvent(
    dunningEvent(1, {
      id: `${caseId}:1`,
      caseId,
      customer: id,
      notice: { ...NOTICE, key: `${caseId}:remind` },
    }),
  )
  return () => world.messages.findOne({ customer: id })
}

/** A mail with a key: at least once. */
const issue = async (): Promise<() => Promise<MessageRow | null>> => {
  const id = await customer()
  const license = { id: randomUUID(), refs: [id] }
  await world.publishLicenseEvent(await world.licenseEvent(license, 1))
  return () => world.messages.findOne({ licenseId: license.id })
}

const until = (find: () => Promise<MessageRow | null>, is: (row: MessageRow) => boolean, what: string) =>
  waitUntil(
    async () => {
      const row = await find()
      return row !== null && is(row) ? row : false
    },
    { what, deadlineMs: 20_000 },
  )

const settled = (find: () => Promise<MessageRow | null>, state: MessageState) =>
  until(find, (row) => row.state === state, `the mail to be ${state}`)

/** Ids of messages whose content arrived whole, in order. */
const copies = (): readonly string[] =>
  relay.contents.map((content) => /^Message-ID: (\S+)/im.exec(content)?.[1] ?? 'none')

const misbehave = (at: Moment, deed: Deed): void => {
  relay.deeds.push({ at, deed })
}

describe('a relay that fails before it has the content', () => {
  it.each([
    ['hangs up instead of a greeting', 'greeting', 'hang_up'],
    ['hangs up at MAIL', 'mail', 'hang_up'],
    ['hangs up at RCPT', 'rcpt', 'hang_up'],
    ['hangs up after RCPT, at DATA', 'data', 'hang_up'],
    ['says nothing at MAIL', 'mail', 'say_nothing'],
    ['answers MAIL one character at a time', 'mail', 'drip'],
  ] as const)(
    'and %s: the mail is sent again, and there is one copy',
    async (_what, at, deed) => {
      relay.dropAll()
      misbehave(at, deed)
      const reminder = await remind()
      const tried = await until(reminder, (row) => row.attempts > 0 || row.state === 'accepted', 'an attempt')
      if (tried.state !== 'accepted') await world.hurry(tried._id)
      await settled(reminder, 'accepted')
      expect(relay.deeds).toEqual([])
      expect(copies()).toHaveLength(1)
    },
    30_000,
  )

  it.each([
    ['421 at MAIL', 'mail', 421],
    ['450 at RCPT', 'rcpt', 450],
    ['450 at DATA', 'data', 450],
    ['451 for the whole content', 'content', 451],
  ] as const)(
    'with %s: the mail waits, is sent again, and one copy is taken',
    async (_what, at, reply) => {
      relay.dropAll()
      misbehave(at, reply)
      const reminder = await remind()
      const tried = await until(reminder, (row) => row.attempts === 1, 'an attempt')
      expect(tried).toMatchObject({ state: 'queued', failure: { reply } })
      await world.hurry(tried._id)
      await settled(reminder, 'accepted')
      // What was refused is none.
      expect(copies()).toHaveLength(reply === 451 ? 2 : 1)
      expect(new Set(copies()).size).toBe(1)
    },
    30_000,
  )

  it('for good: the recipient has bounced, the content has failed, and nothing more is sent', async () => {
    relay.dropAll()
    misbehave('rcpt', 550)
    expect((await settled(await remind(), 'bounced')).failure).toMatchObject({ reply: 550 })
    misbehave('content', 554)
    expect((await settled(await remind(), 'failed')).failure).toMatchObject({ reply: 554 })
    expect(copies()).toHaveLength(1)
  }, 30_000)
})

describe('a relay of which nobody can say whether it has the content', () => {
  it.each([
    ['hangs up in the middle of it', 'cut', 0],
    ['hangs up after it, before its 250', 'hang_up', 1],
    ['says nothing after it', 'say_nothing', 1],
    ['answers one character at a time, for too long', 'drip', 1],
  ] as const)(
    'because it %s: at most once means that nothing is sent again',
    async (_what, deed, seen) => {
      relay.dropAll()
      misbehave('content', deed)
      const reminder = await remind()
      expect(await settled(reminder, 'unknown')).toMatchObject({ unknowns: 1, repeatAt: null })
      // The library would queue it again by itself when the connection closes; what comes next shows that nothing did.
      await settled(await remind(), 'accepted')
      expect(copies()).toHaveLength(seen + 1)
      expect(new Set(copies()).size).toBe(seen + 1)
      expect((await reminder())?.state).toBe('unknown')
    },
    30_000,
  )

  it('at least once means a second copy after a while, counted as unknown first, with the same Message-ID and date', async () => {
    relay.dropAll()
    misbehave('content', 'hang_up')
    const key = await issue()
    const unknown = await settled(key, 'unknown')
    expect(unknown.unknowns).toBe(1)
    expect(unknown.repeatAt).not.toBeNull()
    expect(copies()).toHaveLength(1)
    const again = await settled(key, 'accepted')
    expect(again.unknowns).toBe(1)
    const dates = relay.contents.map((content) => /^Date: (.+)$/im.exec(content)?.[1])
    expect(copies()).toHaveLength(2)
    expect(new Set(copies()).size).toBe(1)
    expect(new Set(dates).size).toBe(1)
  }, 30_000)

  it('which stays so three times leaves it to a person', async () => {
    relay.dropAll()
    for (let n = 0; n < 3; n += 1) misbehave('content', 'hang_up')
    const key = await issue()
    const given = await until(
      key,
      (row) => row.state === 'unknown' && row.unknowns === 3,
      'the third unknown',
    )
    expect(given.repeatAt).toBeNull()
  }, 30_000)
})

describe('a mail of which nobody knows whether it arrived', () => {
  it('goes out again as the very bytes that left before, whatever is configured by then, and lies sealed meanwhile', async () => {
    const other = await createWorld()
    const crooked = await startHostileRelay()
    const notifier = (name: string) =>
      other.startNotifier(`smtp://127.0.0.1:${crooked.port}`, {
        MAIL_UNKNOWN_WAIT_MS: '3000',
        PRODUCT_NAME: name,
      })
    try {
      const first = await notifier('Old Name')
      await other.publishCustomer({ id: 'cus_bytes', email: 'bytes@example.com' })
      await waitUntil(() => other.knowsContact('cus_bytes'), { what: 'the contact', deadlineMs: 20_000 })
      crooked.deeds.push({ at: 'content', deed: 'hang_up' })
      const license = { id: randomUUID(), refs: ['cus_bytes'], key: 'KF-BYTES-OF-THE-FIRST' }
      const row = () => other.messages.findOne({ licenseId: license.id })
      await other.publishLicenseEvent(await other.licenseEvent(license, 1))
      const unknown = await until(row, ({ state }) => state === 'unknown', 'an unknown outcome')
      expect(unknown.bytes).toMatch(/^kfp1\./)
      expect(JSON.stringify(unknown)).not.toContain(license.key)
      await first.stop()
      await notifier('New Name')
      await until(row, ({ state }) => state === 'accepted', 'the second copy')
      const [before, after] = crooked.contents
      expect(before).toContain('Old Name')
      expect(after).toBe(before)
      // What is settled needs no bytes.
      expect((await row())?.bytes).toBeNull()
    } finally {
      await other.close()
      await crooked.stop()
    }
  }, 60_000)
})

describe('a relay whose STARTTLS was stripped', () => {
  it('gets nothing where TLS is required', async () => {
    const stripped = await startHostileRelay()
    const other = await createWorld()
    other.spawnNotifier(`smtp://127.0.0.1:${stripped.port}`, { SMTP_REQUIRE_TLS: 'true' })
    await other.publishCustomer({ id: 'cus_tls', email: 'tls@example.com', livemode: true })
    await waitUntil(() => other.knowsContact('cus_tls'), { what: 'the contact', deadlineMs: 20_000 })
    const event = {
      ...(await other.licenseEvent({ id: randomUUID(), refs: ['cus_tls'] }, 1)),
      livemode: true,
    }
    await other.publishLicenseEvent(event)
    const row = await until(
      () => other.messages.findOne({ licenseId: event.licenseId }),
      ({ attempts }) => attempts > 0,
      'an attempt',
    )
    expect(row.state).toBe('queued')
    expect(stripped.contents).toEqual([])
    await other.close()
    await stripped.stop()
  }, 40_000)
})
