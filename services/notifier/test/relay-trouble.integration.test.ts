import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { waitUntil } from '@keyflow/devstack'
import type { App } from '@keyflow/runtime'
import type { MessageState } from '../src/domain/message.ts'
import type { MailTemplate } from '../src/domain/templates.ts'
import { type Inbox, startInbox } from './inbox.ts'
import { ACTIVE_PRO, createWorld, type World } from './notifier-world.ts'

/** Longer than a loaded machine may take over thirty mails: nobody dies here. */
const LEASE = { LEASE_MS: '10000' }

let world: World
let inbox: Inbox
let notifier: App

beforeAll(async () => {
  world = await createWorld()
}, 60_000)
afterAll(() => world?.close())
beforeEach(async () => {
  inbox = await startInbox()
  notifier = await world.startNotifier(inbox.url, LEASE)
}, 30_000)
afterEach(async () => {
  await notifier.stop()
  await inbox.stop()
})

const stateOf = async (
  license: { id: string },
  state: MessageState,
  template: MailTemplate = 'license_issued',
) =>
  waitUntil(
    () => world.messages.findOne({ licenseId: license.id, template, state }).then((row) => row ?? false),
    {
      what: `the ${template} mail to be ${state}`,
      deadlineMs: 20_000,
    },
  )

const buy = async () => {
  const customer = `cus_${randomUUID()}`
  const license = { id: randomUUID(), refs: [customer] }
  await world.publishCustomer({ id: customer, email: `${customer}@example.com` })
  await world.publishLicenseEvent(await world.licenseEvent(license, 1))
  return license
}

describe('when the relay is in trouble', () => {
  it('mail waits while it is away, and goes once when it is back', async () => {
    const { port } = inbox
    await inbox.stop()
    const license = await buy()
    await waitUntil(
      async () => ((await world.messages.findOne({ licenseId: license.id }))?.attempts ?? 0) > 0,
      {
        what: 'an attempt that failed',
        deadlineMs: 10_000,
      },
    )
    inbox = await startInbox(port)
    await stateOf(license, 'accepted')
    expect(inbox.seen).toHaveLength(1)
  }, 30_000)

  it('a connection that it drops after the content leaves the outcome unknown, and no second copy is sent', async () => {
    inbox.script.push('hang_up')
    const unlucky = await buy()
    await stateOf(unlucky, 'unknown')
    const next = await buy()
    await stateOf(next, 'accepted')
    expect(inbox.seen).toHaveLength(2)
    expect((await world.messages.findOne({ licenseId: unlucky.id }))?.encryptedKey).not.toBeNull()
  })

  it('a recipient that it refuses for good has bounced', async () => {
    inbox.recipients.push(550)
    const row = await stateOf(await buy(), 'bounced')
    expect(row.failure).toEqual({ code: 'EENVELOPE', reply: 550 })
  })

  it('a change that is taken back while its mail could not go is never sent', async () => {
    const license = await buy()
    await stateOf(license, 'accepted')
    inbox.recipients.push(450)
    const suspended = { ...ACTIVE_PRO, status: 'suspended' as const }
    await world.publishLicenseEvent(await world.licenseEvent(license, 2, suspended, 'license.suspended'))
    await waitUntil(
      async () => (await world.messages.findOne({ licenseId: license.id, version: 2, attempts: 1 })) ?? false,
      {
        what: 'the refusal for now',
        deadlineMs: 10_000,
      },
    )
    await world.publishLicenseEvent(await world.licenseEvent(license, 3, ACTIVE_PRO, 'license.reinstated'))
    await stateOf(license, 'superseded', 'license_changed')
    expect(inbox.seen.map((mail) => mail.subject)).toEqual(['Your Keyflow license key'])
  })

  it('two replicas send each mail once', async () => {
    const second = await world.startNotifier(inbox.url, LEASE)
    const licenses = await Promise.all(Array.from({ length: 30 }, buy))
    await Promise.all(licenses.map((license) => stateOf(license, 'accepted')))
    await second.stop()
    expect(inbox.seen).toHaveLength(30)
    expect(new Set(inbox.seen.map((mail) => mail.messageId)).size).toBe(30)
  }, 30_000)
})
