import { createHmac, randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { DunningNotice, MailEvent } from '@keyflow/contracts'
import { waitUntil } from '@keyflow/devstack'
import { type Inbox, startInbox } from './inbox.ts'
import { createWorld, type World } from './notifier-world.ts'
import { dunningEvent, NOTICE } from './samples.ts'

const TOKEN = 'token-of-operators'
const FEEDBACK = 'shared-with-the-relay'

let world: World
let inbox: Inbox
let sink: Inbox
let api: string
let told: readonly MailEvent[]

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

beforeAll(async () => {
  world = await createWorld()
  inbox = await startInbox()
  sink = await startInbox()
  const port = await freePort()
  api = `http://127.0.0.1:${port}`
  told = await world.readMailEvents()
  await world.startNotifier(inbox.url, {
    HTTP_PORT: String(port),
    SMTP_SINK_URL: sink.url,
    MAIL_TEST_RECIPIENTS: '@testers.example.com',
    OPERATOR_TOKEN: TOKEN,
    MAIL_FEEDBACK_SECRET: FEEDBACK,
    BOUNCE_ADDRESS: 'b@bounce.example.com',
    PRODUCT_NAME: 'Traffic Router',
  })
}, 60_000)
afterAll(async () => {
  await world?.close()
  await inbox?.stop()
  await sink?.stop()
})

interface Person {
  readonly id: string
  readonly email: string
  readonly livemode: boolean
}

const person = async (of: { email?: string; livemode?: boolean; locale?: string } = {}): Promise<Person> => {
  const id = `cus_${randomUUID()}`
  const { email = `${id}@example.com`, livemode = true, locale } = of
  await world.publishCustomer({
    id,
    email,
    livemode,
    ...(locale === undefined ? {} : { preferred_locales: [locale] }),
  })
  await waitUntil(() => world.knowsContact(id), { what: 'the contact', deadlineMs: 20_000 })
  return { id, email, livemode }
}

const caseOf = ({ id, livemode }: Person): string => `platform:${livemode ? 'live' : 'test'}:sub_${id}`

const ask = async (who: Person, seq: number, of: Partial<DunningNotice> = {}): Promise<string> => {
  const caseId = caseOf(who)
  const key = `${caseId}:${seq}`
  await world.publishDunningEvent(
    dunningEvent(seq, {
      id: `${caseId}:${seq}`,
      livemode: who.livemode,
      caseId,
      customer: who.id,
      subscription: `sub_${who.id}`,
      notice: { ...NOTICE, ...of, key },
    }),
  )
  return key
}

const outcomeOf = (key: string, type: MailEvent['type']) =>
  waitUntil(() => told.find((event) => event.notice?.key === key && event.type === type) ?? false, {
    what: `${type} of ${key}`,
    deadlineMs: 20_000,
  })

const mailsTo = (address: string, box: Inbox = inbox) =>
  box.accepted.filter(({ envelopeTo }) => envelopeTo.includes(address))

const call = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(`${api}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })

const report = (message: string, kind: string, id = randomUUID()) => {
  const body = JSON.stringify({ id, message, kind })
  const at = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', FEEDBACK).update(`${at}.${body}`).digest('hex')
  return call('/api/v1/mail-feedback', body, { 'x-keyflow-signature': `t=${at},v1=${signature}` })
}

const WHO = { actor: 'ada', reason: 'ticket 4711' }

describe('a notice of dunning', () => {
  it('goes out in the language of the customer, and dunning is told that it was accepted', async () => {
    const who = await person({ locale: 'de-AT' })
    const key = await ask(who, 1)
    const event = await outcomeOf(key, 'mail.accepted')
    expect(event).toMatchObject({ template: 'payment_reminder', customer: who.id, reason: null })
    const [mail] = mailsTo(who.email)
    expect(mail?.subject).toBe('Bitte prüfen Sie Ihre Zahlung für Traffic Router')
    expect(mail?.text).toContain('https://licenses.example.com/b/token')
    expect(mail?.headers.get('content-language')).toBe('de-AT')
    expect(JSON.stringify(told)).not.toContain(who.email)
  })

  it('is one, however often it is asked for', async () => {
    const who = await person()
    const key = await ask(who, 1)
    await outcomeOf(key, 'mail.accepted')
    await ask(who, 1)
    await outcomeOf(await ask(who, 2), 'mail.accepted')
    expect(mailsTo(who.email)).toHaveLength(2)
  })

  it('is dropped when its case was closed before it could go, and dunning is told', async () => {
    const who = await person()
    inbox.recipients.push(450)
    const key = await ask(who, 1)
    const row = await waitUntil(
      async () => (await world.messages.findOne({ customer: who.id, attempts: 1 })) ?? false,
      { what: 'the refusal for now', deadlineMs: 20_000 },
    )
    const { notice: _, ...closed } = dunningEvent(2, {
      id: `${caseOf(who)}:2`,
      type: 'dunning.case_closed',
      livemode: true,
      caseId: caseOf(who),
      customer: who.id,
      outcome: 'recovered',
    })
    await world.publishDunningEvent(closed)
    await waitUntil(
      async () =>
        (await world.store.db
          .collection<{ _id: string }>('case_heads')
          .countDocuments({ _id: caseOf(who), isOpen: false })) === 1,
      { what: 'the case to be closed', deadlineMs: 20_000 },
    )
    await world.hurry(row._id)
    expect((await outcomeOf(key, 'mail.dropped')).reason).toBe('case_closed')
    expect(mailsTo(who.email)).toEqual([])
  })
})

describe('an address that takes no mail', () => {
  it('is reported as bounced, suppressed from then on, and written to again once it is released', async () => {
    const who = await person()
    inbox.recipients.push(550)
    expect((await outcomeOf(await ask(who, 1), 'mail.bounced')).reason).toBe('hard_bounce')
    const second = await ask(who, 2)
    expect((await outcomeOf(second, 'mail.suppressed')).reason).toBe('hard_bounce')
    const lookUp = await (await call('/api/v1/suppressions/look-up', { address: who.email })).json()
    expect(lookUp).toMatchObject({ suppressed: true, suppression: { reason: 'hard_bounce' } })
    expect((await call('/api/v1/suppressions/release', { ...WHO, address: who.email })).status).toBe(200)
    await outcomeOf(await ask(who, 3), 'mail.accepted')
    expect(mailsTo(who.email)).toHaveLength(1)
  })

  it('is learned of later as well, and the next best address is tried once', async () => {
    const who = await person()
    await world.publishSession({ id: `cs_${who.id}`, email: `other-${who.email}`, paymentIntent: who.id })
    const key = await ask(who, 1)
    const accepted = await outcomeOf(key, 'mail.accepted')
    const once = randomUUID()
    expect(await (await report(accepted.message, 'hard_bounce', once)).json()).toEqual({ result: 'taken' })
    expect(await (await report(accepted.message, 'hard_bounce', once)).json()).toEqual({
      result: 'duplicate',
    })
    await outcomeOf(key, 'mail.bounced')
    expect((await world.messages.findOne({ _id: accepted.message }))?.state).toBe('bounced')
  })

  it('is left alone after a complaint, but for its key', async () => {
    const who = await person()
    const accepted = await outcomeOf(await ask(who, 1), 'mail.accepted')
    await report(accepted.message, 'complaint')
    expect((await outcomeOf(await ask(who, 2), 'mail.suppressed')).reason).toBe('complaint')
    const license = { id: randomUUID(), refs: [who.id] }
    await world.publishLicenseEvent({ ...(await world.licenseEvent(license, 1)), livemode: true })
    await waitUntil(() => mailsTo(who.email).length === 2, { what: 'the key', deadlineMs: 20_000 })
  })

  it('is believed of nobody who does not sign', async () => {
    expect((await call('/api/v1/mail-feedback', { id: 'x', message: 'y', kind: 'complaint' })).status).toBe(
      401,
    )
  })
})

describe('mail of test mode', () => {
  it('goes to the sink alone, but for who is named, and then is marked', async () => {
    const real = await person({ livemode: false })
    const tester = await person({ livemode: false, email: `${randomUUID()}@testers.example.com` })
    await Promise.all([real, tester].map(async (who) => outcomeOf(await ask(who, 1), 'mail.accepted')))
    expect(mailsTo(real.email)).toEqual([])
    expect(mailsTo(real.email, sink)).toHaveLength(1)
    expect(mailsTo(tester.email, sink)).toEqual([])
    expect(mailsTo(tester.email)[0]?.subject).toMatch(/^\[TEST\] /)
  })
})

describe('what operators order', () => {
  it('is a copy of a key, kept with who and why', async () => {
    const who = await person()
    const license = { id: randomUUID(), refs: [who.id], key: `KF-${randomUUID().toUpperCase()}` }
    await world.publishLicenseEvent({ ...(await world.licenseEvent(license, 1)), livemode: true })
    await waitUntil(() => mailsTo(who.email).length === 1, { what: 'the key', deadlineMs: 20_000 })
    await waitUntil(
      async () => (await world.messages.findOne({ licenseId: license.id }))?.state === 'accepted',
      { what: 'the outcome', deadlineMs: 20_000 },
    )
    const answer = await call(`/api/v1/licenses/${license.id}/resend-key`, WHO)
    expect(answer.status).toBe(202)
    await waitUntil(() => mailsTo(who.email).length === 2, { what: 'the copy', deadlineMs: 20_000 })
    const copy = mailsTo(who.email)[1]
    expect(copy?.subject).toBe('Your Traffic Router license key (copy)')
    expect(copy?.text).toContain(license.key)
    expect(await world.store.db.collection('mail_audit').findOne({ action: 'resend' })).toMatchObject({
      actor: 'ada',
      reason: 'ticket 4711',
    })
  })

  it('is an example through the real relay, marked as one', async () => {
    const to = 'operator@example.com'
    const body = { ...WHO, to, template: 'payment_failed', locale: 'fr' }
    expect(await (await call('/api/v1/mail-tests', body)).json()).toEqual({ kind: 'sent', relay: 'primary' })
    expect(mailsTo(to)[0]?.subject).toBe('[TEST] Le paiement de Traffic Router n’a pas abouti')
  })
})

describe('a webhook that is old when it is first seen', () => {
  it('is mailed about to nobody: a lost ledger does not write to everybody again', async () => {
    const who = await person()
    const license = { id: randomUUID(), refs: [who.id] }
    const old = String(Date.now() - 8 * 86_400_000)
    const issued = { ...(await world.licenseEvent(license, 1)), livemode: true }
    await world.publishLicenseEvent(issued, { ce_receivedat: old })
    await waitUntil(
      async () => (await world.messages.findOne({ licenseId: license.id }))?.state === 'expired',
      { what: 'the mail to be recorded as too old', deadlineMs: 20_000 },
    )
    // What happens from now on is told.
    const change = await world.licenseEvent(license, 2, { ...issued.after, tier: 'business' })
    await world.publishLicenseEvent({ ...change, livemode: true })
    await waitUntil(() => mailsTo(who.email).length === 1, { what: 'the change', deadlineMs: 20_000 })
    expect(mailsTo(who.email)[0]?.subject).toBe('Your Traffic Router plan is now Business')
  })
})
