import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pickFreePort, waitUntil } from '@keyflow/devstack'
import { type Inbox, startInbox } from './inbox.ts'
import { createWorld, type World } from './notifier-world.ts'

const TOKEN = 'operator-token-for-tests'
let world: World
let inbox: Inbox
let api = ''

beforeAll(async () => {
  world = await createWorld()
  inbox = await startInbox()
  const HTTP_PORT = String(await pickFreePort())
  api = `http://127.0.0.1:${HTTP_PORT}`
  await world.startNotifier(inbox.url, { HTTP_PORT, OPERATOR_TOKEN: TOKEN })
}, 60_000)

afterAll(async () => {
  await world?.close()
  await inbox?.stop()
})

const contacts = () =>
  world.store.db.collection<{ _id: string; sealed: string | null; refs: string[] }>('contacts')
const contact = (id: string) => contacts().findOne({ _id: `platform:test:${id}` })
const isKnown = (id: string) =>
  waitUntil(async () => typeof (await contact(id))?.sealed === 'string', { what: id, deadlineMs: 15_000 })
const isErased = (id: string) =>
  waitUntil(async () => (await contact(id))?.sealed === null, { what: `${id} erased`, deadlineMs: 15_000 })

const erase = async (
  id: string,
  more: object = {},
  token = TOKEN,
): Promise<Readonly<Record<string, unknown>>> => {
  const answer = await fetch(`${api}/api/v1/erasures`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id, livemode: false, actor: 'ada', reason: 'request 1', ...more }),
  })
  return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) }
}

const guestSession = (id: string, paymentIntent: string, email: string) => ({
  id,
  object: 'checkout.session',
  mode: 'payment',
  status: 'complete',
  payment_status: 'paid',
  customer: null,
  customer_details: { email, name: 'Guest' },
  payment_intent: paymentIntent,
})

describe('a contact', () => {
  it('is never stored in the clear', async () => {
    await world.publishCustomer({ id: 'cus_sealed', email: 'sealed@example.com', name: 'Sealed Person' })
    await isKnown('cus_sealed')
    expect(JSON.stringify(await contacts().find().toArray())).not.toMatch(/sealed@|Sealed Person/)
  })

  it('stays what it is in a dry run, which names all that stands for the person', async () => {
    const charge = { id: 'ch_dry', object: 'charge', payment_intent: 'pi_dry', customer: null }
    await world.publishStripe(
      'checkout.session.completed',
      guestSession('cs_dry', 'pi_dry', 'dry@example.com'),
    )
    await world.publishStripe('charge.succeeded', {
      ...charge,
      billing_details: { email: 'dry@example.com', name: 'Dry' },
    })
    await isKnown('cs_dry')
    await isKnown('ch_dry')
    const dry = await erase('cs_dry', { dry_run: true })
    expect(dry).toMatchObject({ status: 200, state: 'dry_run', contacts: 2 })
    expect(dry.subjects).toEqual(['ch_dry', 'cs_dry', 'pi_dry'].map((id) => `platform:test:${id}`))
    expect((await contact('cs_dry'))?.sealed).toEqual(expect.any(String))
  })

  it('is gone with everything tied to it once it is erased, and no other person with it', async () => {
    await world.publishCustomer({ id: 'cus_gone', email: 'gone@example.com' })
    await world.publishCustomer({ id: 'cus_stays', email: 'stays@example.com' })
    const bought = { ...guestSession('cs_gone', 'pi_gone', 'gone@example.com'), customer: 'cus_gone' }
    await world.publishStripe('checkout.session.completed', bought)
    for (const id of ['cus_gone', 'cus_stays', 'cs_gone']) await isKnown(id)
    expect(await erase('cus_gone')).toMatchObject({ status: 200, state: 'erased', contacts: 2 })
    await isErased('cus_gone')
    await isErased('cs_gone')
    expect((await contact('cus_stays'))?.sealed).toEqual(expect.any(String))
  })

  it('does not come back with a late or repeated event', async () => {
    await erase('cus_late')
    await world.publishCustomer({ id: 'cus_late', email: 'late@example.com' })
    await isErased('cus_late')
    const license = { id: randomUUID(), refs: ['cus_late'] }
    await world.publishLicenseEvent(await world.licenseEvent(license, 1))
    await waitUntil(async () => (await world.messages.countDocuments({ licenseId: license.id })) === 1, {
      what: 'the mail in the ledger',
      deadlineMs: 15_000,
    })
    expect(await world.messages.findOne({ licenseId: license.id })).toMatchObject({ frozen: null })
    expect(inbox.seen.flatMap((mail) => mail.envelopeTo)).not.toContain('late@example.com')
  })

  it('is erased when the customer is deleted in Stripe', async () => {
    await world.publishCustomer({ id: 'cus_deleted', email: 'deleted@example.com' })
    await isKnown('cus_deleted')
    await world.publishStripe('customer.deleted', { id: 'cus_deleted', object: 'customer', deleted: true })
    await isErased('cus_deleted')
    const key = await world.store.db
      .collection<{ _id: string }>('personal_keys')
      .findOne({ _id: 'platform:test:cus_deleted' })
    expect(key).toMatchObject({ keys: [], erasedAt: expect.any(Date) })
  })

  it('is erased by operators alone, who say who they are and why', async () => {
    expect((await erase('cus_sealed', {}, 'wrong')).status).toBe(401)
    expect((await erase('cus_sealed', { reason: '' })).status).toBe(400)
    expect((await erase('cus sealed')).status).toBe(400)
    expect((await contact('cus_sealed'))?.sealed).toEqual(expect.any(String))
  })
})
