import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { MailEvent } from '@keyflow/contracts'
import { pickFreePort, waitUntil } from '@keyflow/devstack'
import { type Inbox, startInbox } from './inbox.ts'
import { createWorld, type World } from './notifier-world.ts'
import { dunningEvent, NOTICE } from './samples.ts'
import { PRIVATE_KEY } from './signing-certificate.ts'
import { verifyDkim } from './verify-dkim.ts'

const FEEDBACK = 'shared-with-the-relay'
const POSTMARK = 'postmark-password'
const PER_DAY = 3

let world: World
let inbox: Inbox
let api: string
let told: readonly MailEvent[]

beforeAll(async () => {
  world = await createWorld()
  inbox = await startInbox()
  const port = await pickFreePort()
  api = `http://127.0.0.1:${port}`
  told = await world.readMailEvents()
  await world.startNotifier(inbox.url, {
    HTTP_PORT: String(port),
    MAIL_FEEDBACK_SECRET: FEEDBACK,
    POSTMARK_WEBHOOK_PASSWORD: POSTMARK,
    MAIL_PER_RECIPIENT_PER_DAY: String(PER_DAY),
    MAIL_FROM: 'Keyflow <licenses@example.com>',
    DKIM_SELECTOR: 'keyflow',
    DKIM_PRIVATE_KEY: PRIVATE_KEY,
    NOTIFIER_PUBLIC_URL: api,
  })
}, 60_000)
afterAll(async () => {
  await world?.close()
  await inbox?.stop()
})

const within = (what: string) => ({ what, deadlineMs: 20_000 })

const person = async (): Promise<{ id: string; email: string }> => {
  const id = `cus_${randomUUID()}`
  const email = `${id}@example.com`
  await world.publishCustomer({ id, email, livemode: true })
  await waitUntil(() => world.knowsContact(id), within('the contact'))
  return { id, email }
}

/** A reminder, the n-th of its case. */
const remind = async ({ id }: { id: string }, seq: number): Promise<string> => {
  const caseId = `platform:live:sub_${id}`
  const key = `${caseId}:${seq}`
  await world.publishDunningEvent(
    dunningEvent(seq, {
      id: key,
      livemode: true,
      caseId,
      customer: id,
      subscription: `sub_${id}`,
      notice: { ...NOTICE, key },
    }),
  )
  return key
}

const outcomeOf = (key: string, type: MailEvent['type']) =>
  waitUntil(
    () => told.find((event) => event.notice?.key === key && event.type === type) ?? false,
    within(`${type} of ${key}`),
  )

const mailsTo = (email: string) => inbox.accepted.filter(({ envelopeTo }) => envelopeTo.includes(email))

const report = async (message: string, kind: string): Promise<unknown> => {
  const body = JSON.stringify({ id: randomUUID(), message, kind })
  const at = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', FEEDBACK).update(`${at}.${body}`).digest('hex')
  const headers = { 'x-keyflow-signature': `t=${at},v1=${signature}` }
  return (await fetch(`${api}/api/v1/mail-feedback`, { method: 'POST', headers, body })).json()
}

const postmark = async (event: object, password = POSTMARK): Promise<Response> =>
  fetch(`${api}/api/v1/mail-feedback/postmark`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`keyflow:${password}`).toString('base64')}`,
    },
    body: JSON.stringify(event),
  })

describe('an address that cannot take mail for now', () => {
  it('is left alone for two weeks after the third soft bounce, and not after the second', async () => {
    const who = await person()
    const { message } = await outcomeOf(await remind(who, 1), 'mail.accepted')
    await report(message, 'soft_bounce')
    await report(message, 'soft_bounce')
    await outcomeOf(await remind(who, 2), 'mail.accepted')
    expect(await report(message, 'soft_bounce')).toEqual({ result: 'taken' })
    expect((await outcomeOf(await remind(who, 3), 'mail.suppressed')).reason).toBe('soft_bounces')
    const row = await world.store.db
      .collection<{ until: Date }>('suppressions')
      .findOne({ reason: 'soft_bounces' })
    const days = ((row?.until.getTime() ?? 0) - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(14)
  })
})

describe('a webhook of a provider', () => {
  it('of a complaint ends what is written to that address, and tells dunning', async () => {
    const who = await person()
    const key = await remind(who, 1)
    const { message } = await outcomeOf(key, 'mail.accepted')
    const complaint = {
      ID: 7,
      RecordType: 'SpamComplaint',
      Type: 'SpamComplaint',
      Metadata: { message: message.slice(0, 40) },
    }
    expect((await postmark(complaint, 'guess')).status).toBe(401)
    expect(await (await postmark(complaint)).json()).toEqual({ result: 'taken' })
    expect(await (await postmark(complaint)).json()).toEqual({ result: 'duplicate' })
    await outcomeOf(key, 'mail.complained')
    expect((await outcomeOf(await remind(who, 2), 'mail.suppressed')).reason).toBe('complaint')
  })
})

describe('an address that is written to often', () => {
  it('gets no more reminders that day than it may, and its key all the same', async () => {
    const who = await person()
    for (let seq = 1; seq <= PER_DAY; seq += 1) await outcomeOf(await remind(who, seq), 'mail.accepted')
    const over = await remind(who, PER_DAY + 1)
    const held = () => world.messages.findOne({ occurrence: over })
    await waitUntil(async () => (await held())?.failure?.code === 'recipient_limit', within('the limit'))
    const license = { id: randomUUID(), refs: [who.id] }
    await world.publishLicenseEvent({ ...(await world.licenseEvent(license, 1)), livemode: true })
    await waitUntil(() => mailsTo(who.email).length === PER_DAY + 1, within('the key'))
    expect(await held()).toMatchObject({ state: 'queued' })
  })
})

describe('a mail that is optional', () => {
  const announceRenewal = ({ id }: { id: string }, days: number) =>
    world.publishStripe('invoice.upcoming', {
      object: 'invoice',
      id: `upcoming_in_${randomUUID()}`,
      livemode: true,
      customer: id,
      currency: 'eur',
      amount_due: 1900,
      amount_remaining: 1900,
      total: 1900,
      billing_reason: 'upcoming',
      next_payment_attempt: Math.floor(Date.now() / 1000) + days * 86_400,
      period_end: Math.floor(Date.now() / 1000) + days * 86_400,
      parent: { type: 'subscription_details', subscription_details: { subscription: `sub_${id}` } },
      lines: {
        object: 'list',
        has_more: false,
        data: [
          {
            id: 'il_1',
            object: 'line_item',
            amount: 1900,
            currency: 'eur',
            period: { start: 1, end: 31_536_001 },
          },
        ],
      },
    })

  it('is signed, can be unsubscribed from with the one click that its header offers, and then comes no more', async () => {
    const who = await person()
    await announceRenewal(who, 7)
    const [mail] = await waitUntil(
      () => mailsTo(who.email).length > 0 && mailsTo(who.email),
      within('the mail'),
    )
    const verdict = verifyDkim(Buffer.from(mail?.raw ?? '', 'utf8'))
    expect(verdict).toMatchObject({ isValid: true, domain: 'example.com', selector: 'keyflow' })
    expect(verdict?.covers).toContain('list-unsubscribe-post')
    const link =
      /^List-Unsubscribe: <([^>]+)>/m.exec((mail?.raw ?? '').replace(/\r\n[ \t]+/g, ' '))?.[1] ?? ''
    expect(mail?.raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
    expect((await fetch(link, { method: 'POST', body })).status).toBe(200)

    await announceRenewal(who, 30)
    const dropped = async () =>
      (await world.messages.findOne({ customer: who.id, state: 'suppressed' })) ?? false
    const row = await waitUntil(dropped, within('the second one to be dropped'))
    expect(row.failure?.code).toBe('unsubscribed')
    // What is not optional still comes.
    await outcomeOf(await remind(who, 1), 'mail.accepted')
    expect(mailsTo(who.email)).toHaveLength(2)
  })
})
