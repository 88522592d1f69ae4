import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { waitUntil } from '@keyflow/devstack'
import { type Inbox, startInbox } from './inbox.ts'
import { createWorld, type World } from './notifier-world.ts'
import { dunningEvent, NOTICE } from './samples.ts'

const MAILS = 8

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

const SETTLED = ['accepted', 'unknown']

/** For each person a mail with a key (at least once) and a reminder (at most once). */
const announce = async (): Promise<void> => {
  const people = Array.from({ length: MAILS }, () => `cus_${randomUUID()}`)
  await Promise.all(people.map((id) => world.publishCustomer({ id, email: `${id}@example.com` })))
  await Promise.all(
    people.map(async (id) => {
      const caseId = `platform:test:sub_${id}`
      const notice = { ...NOTICE, key: `${caseId}:remind` }
      await world.publishLicenseEvent(await world.licenseEvent({ id: randomUUID(), refs: [id] }, 1))
      await world.publishDunningEvent(
        dunningEvent(1, { id: `${caseId}:1`, caseId, customer: id, subscription: `sub_${id}`, notice }),
      )
    }),
  )
}

describe('three replicas, of which two are killed', () => {
  it.each([
    ['when they have claimed a mail', 'mail.claimed', 'mail.claimed@2'],
    ['when they have rendered it, and when the relay asks for it', 'mail.prepared', 'mail.rendered'],
    ['before the first byte, and when it has been taken', 'mail.sending', 'mail.delivered'],
    ['when that is recorded, and after a batch', 'mail.settled', 'batch.committed@2'],
  ])(
    '%s: no mail is lost, and none comes twice unless it may and was counted',
    async (_when, one, other) => {
      const replica = (failpoints: string) =>
        world.spawnNotifier(inbox.url, {
          FAILPOINTS: failpoints,
          MAIL_UNKNOWN_WAIT_MS: '2500',
          SMTP_CONNECTIONS: '2',
        })
      const doomed = [replica(one), replica(other)]
      await announce()
      // Not before: a third that is quick enough would leave them nothing to die of.
      await Promise.race(doomed.map(({ exited }) => exited))
      const survivor = replica('')
      const rows = await waitUntil(
        async () => {
          const all = await world.messages.find().toArray()
          const isDone = all.every((row) => SETTLED.includes(row.state) && row.repeatAt === null)
          return all.length === 2 * MAILS && isDone ? all : false
        },
        { what: 'every mail to be settled', deadlineMs: 50_000 },
      )
      survivor.kill('SIGTERM')
      await survivor.exited
      const ends = await Promise.all(
        doomed.map((each) => {
          each.kill('SIGTERM')
          return each.exited
        }),
      )
      // A point that nobody reaches would prove nothing.
      expect(ends).toContain('SIGKILL')
      for (const row of rows) {
        const seen = inbox.seen.filter(({ messageId }) => messageId === row.frozen?.messageId).length
        const isAtLeastOnce = row.template === 'license_issued'
        if (isAtLeastOnce) expect(row.state).toBe('accepted')
        if (row.state === 'accepted') expect(seen).toBeGreaterThanOrEqual(1)
        expect(seen).toBeLessThanOrEqual(isAtLeastOnce ? 1 + row.unknowns : 1)
        if (row.state === 'unknown') expect(row.unknowns).toBeGreaterThanOrEqual(1)
      }
    },
    90_000,
  )
})
