import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { waitUntil } from '@keyflow/devstack'
import { type Inbox, startInbox } from './inbox.ts'
import { ACTIVE_PRO, createWorld, type World } from './notifier-world.ts'

let world: World
let inbox: Inbox

beforeAll(async () => {
  world = await createWorld()
  inbox = await startInbox()
  await world.startNotifier(inbox.url, {
    PRODUCT_NAME: 'Traffic Router',
    SUPPORT_ADDRESS: 'help@example.com',
  })
}, 60_000)

afterAll(async () => {
  await world?.close()
  await inbox?.stop()
})

const mailsTo = (address: string) => inbox.accepted.filter((mail) => mail.envelopeTo.includes(address))

const arrival = (address: string, count = 1) =>
  waitUntil(() => mailsTo(address).length >= count && mailsTo(address), {
    what: `${count} mail(s) to ${address}`,
    deadlineMs: 15_000,
  })

const newLicense = (refs: readonly string[], key = `KF-${randomUUID().toUpperCase()}`) => ({
  id: randomUUID(),
  refs,
  key,
})

describe('the mail with the license key', () => {
  it('goes to the customer with the key, the plan and how to use it', async () => {
    const license = newLicense(['cus_1', 'sub_1'])
    await world.publishCustomer({ id: 'cus_1', email: 'ada@example.com', name: 'Ada Lovelace' })
    await world.publishLicenseEvent(await world.licenseEvent(license, 1))
    const [mail] = await arrival('ada@example.com')
    expect(mail?.subject).toBe('Your Traffic Router license key')
    expect(mail?.text).toContain(license.key)
    expect(mail?.html).toContain(license.key)
    expect(mail?.text).toContain('Pro')
    expect(mail?.text).toContain('10 domains')
    expect(mail?.text).toContain('/api/v1/licenses/validate')
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated')
    expect(mail?.messageId).toMatch(/^<[0-9a-f]{40}@keyflow\.localhost>$/)
    expect(mail?.replyTo?.text).toBe('help@example.com')
  })

  it('is one, however often the event comes', async () => {
    const license = newLicense(['cus_2'])
    const event = await world.licenseEvent(license, 1)
    await world.publishCustomer({ id: 'cus_2', email: 'fifty@example.com' })
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => world.publishLicenseEvent(event, {}, `key-${n % 7}`)),
    )
    await arrival('fifty@example.com')
    await world.publishLicenseEvent(await world.licenseEvent(license, 2, { ...ACTIVE_PRO, tier: 'business' }))
    const mails = await arrival('fifty@example.com', 2)
    expect(mails.map((mail) => mail.subject)).toEqual([
      'Your Traffic Router license key',
      'Your Traffic Router plan is now Business',
    ])
  })

  it('waits for a contact that comes after the license, and goes then', async () => {
    const license = newLicense(['cs_3', 'pi_3'])
    await world.publishLicenseEvent(await world.licenseEvent(license, 1))
    await waitUntil(
      async () => (await world.messages.findOne({ licenseId: license.id }))?.state === 'waiting_contact',
      {
        what: 'the mail to wait for its contact',
        deadlineMs: 10_000,
      },
    )
    await world.publishSession({ id: 'cs_3', email: 'guest@example.com', paymentIntent: 'pi_3' })
    const [mail] = await arrival('guest@example.com')
    expect(mail?.text).toContain(license.key)
  })

  it('leaves no key in clear in the database', async () => {
    const license = newLicense(['cus_4'])
    await world.publishCustomer({ id: 'cus_4', email: 'secret@example.com' })
    await world.publishLicenseEvent(await world.licenseEvent(license, 1))
    await arrival('secret@example.com')
    await waitUntil(
      async () => (await world.messages.findOne({ licenseId: license.id }))?.state === 'accepted',
      {
        what: 'the outcome to be recorded',
        deadlineMs: 5000,
      },
    )
    const everything = await Promise.all(
      (await world.store.db.collections()).map((collection) => collection.find().toArray()),
    )
    expect(JSON.stringify(everything)).not.toContain(license.key)
    expect(JSON.stringify(everything)).toContain(license.id)
  })
})
