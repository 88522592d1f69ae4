import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sharedStack, waitUntil } from '@keyflow/devstack'
import { keyIn } from './mailbox.ts'
import { readSpans, type Span, wayTo } from './spans.ts'
import { startWorld, type World } from './world.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyflow-trace-'))
const traceFile = join(folder, 'spans.jsonl')

let world: World
beforeAll(async () => {
  world = await startWorld({
    ...(await sharedStack()),
    partitions: 3,
    settings: { KEYFLOW_TRACE_FILE: traceFile },
  })
}, 120_000)
afterAll(async () => {
  await world?.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

const untilCode = (key: string, code: string) =>
  waitUntil(async () => (await world.validate(key)).code === code, {
    what: `the key to be ${code}`,
    deadlineMs: 30_000,
  })

describe('a subscription', () => {
  it('ends with its key in the inbox, and the license follows it through upgrade, pause and cancellation', async () => {
    const { shop, mailbox } = world
    const ada = 'ada@example.com'
    const { subscription } = await shop.buy(ada, 'price_starter_monthly')
    const key = await mailbox.untilKey(ada)
    const bought = await world.validate(key)
    expect(bought).toMatchObject({ valid: true, code: 'VALID', license: { tier: 'starter', max_domains: 3 } })

    await shop.changePlan(subscription, 'price_business_monthly')
    const upgraded = await mailbox.untilSubject(ada, /plan is now Business/)
    expect(upgraded.text).toContain('25 domains (was 3 domains)')
    expect(await world.validate(key)).toMatchObject({
      valid: true,
      license: { id: bought.license?.id, tier: 'business', max_domains: 25 },
    })

    await shop.pause(subscription)
    await untilCode(key, 'SUSPENDED')
    expect((await world.validate(key)).license).toMatchObject({ id: bought.license?.id, tier: 'business' })
    await mailbox.untilSubject(ada, /is suspended/)
    await shop.resume(subscription)
    await untilCode(key, 'VALID')
    await mailbox.untilSubject(ada, /is active again/)

    await shop.cancel(subscription)
    await untilCode(key, 'REVOKED')
    const ended = await mailbox.untilSubject(ada, /was canceled/)
    expect(ended.text).toMatch(/subscription was canceled, and your license has\s+ended/)

    await world.untilQuiet()
    expect(await world.audit.licenses(subscription)).toHaveLength(1)
    expect(mailbox.mailsTo(ada).map((mail) => keyIn(mail) === key)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  }, 90_000)
})

describe('one event that is delivered fifty times at once', () => {
  it('is one license and one mail, whichever event of the purchase it is', async () => {
    const { shop, mailbox, audit } = world
    const email = 'fifty@example.com'
    await shop.holdWebhooks(true)
    const { subscription, customer } = await shop.buy(email, 'price_pro_monthly')
    const events = await shop.eventsAbout(customer)
    await shop.holdWebhooks(false)
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['customer.subscription.created', 'checkout.session.completed', 'invoice.paid']),
    )

    const answers = await Promise.all(events.map((event) => world.deliver(event, 50)))
    expect(new Set(answers.flat())).toEqual(new Set([200]))
    await mailbox.untilKey(email)
    await world.untilQuiet()
    expect(await audit.licenses(subscription)).toHaveLength(1)
    expect(mailbox.mailsTo(email)).toHaveLength(1)
  }, 90_000)
})

const isMongo = ({ attributes }: Span): boolean =>
  attributes['db.system'] === 'mongodb' || attributes['db.system.name'] === 'mongodb'

/** Everything that comes in by itself is there; the span of the mail ends after the mail has arrived. */
const newMailSpan = (known: ReadonlySet<string>): Promise<Span> =>
  waitUntil(() => readSpans(traceFile).find(({ name, span }) => name === 'smtp send' && !known.has(span)), {
    what: 'the span of the mail',
    deadlineMs: 10_000,
  })
const mailSpans = (): ReadonlySet<string> =>
  new Set(readSpans(traceFile).flatMap(({ name, span }) => (name === 'smtp send' ? [span] : [])))

describe('the trace of a purchase', () => {
  it('is one chain from the webhook to the mail, whatever else arrives at the same time', async () => {
    const known = mailSpans()
    await world.shop.buy('traced@example.com', 'price_pro_monthly')
    await world.mailbox.untilKey('traced@example.com')
    await world.untilQuiet()
    const mail = await newMailSpan(known)
    const spans = readSpans(traceFile)
    const chain = wayTo(mail, spans)
    expect(chain[0]).toMatchObject({
      service: 'keyflow-ingest',
      parent: null,
      name: expect.stringMatching(/^POST/),
    })
    const ours = chain.map(({ name }) => name).filter((name) => /publish|process|send/.test(name))
    expect(ours).toEqual(['stripe.events publish', 'licensing process', 'notifier process', 'smtp send'])
    // Of the spans inside the request, Fastify's is the one that tells of its life cycle.
    expect(chain.filter(({ attributes }) => 'fastify.root' in attributes)).toMatchObject([
      { service: 'keyflow-ingest', attributes: { 'http.route': '/api/v1/webhooks/stripe' } },
    ])

    const ids = new Set(spans.map(({ span }) => span))
    const whole = spans.filter(({ trace }) => trace === mail.trace)
    expect(whole.filter(({ parent }) => parent !== null && !ids.has(parent))).toEqual([])
  }, 60_000)

  it('shows what an event alone makes each service do in MongoDB', async () => {
    const { shop, mailbox } = world
    await shop.holdWebhooks(true)
    const { customer } = await shop.buy('alone@example.com', 'price_pro_monthly')
    const events = await shop.eventsAbout(customer)
    await shop.holdWebhooks(false)
    const decisive = events.filter(({ type }) => type === 'customer.subscription.created')
    for (const event of events.filter(({ type }) => type === 'customer.created')) await world.deliver(event)
    await world.untilQuiet()
    const known = mailSpans()
    for (const event of decisive) await world.deliver(event)
    await mailbox.untilKey('alone@example.com')
    await world.untilQuiet()

    const mail = await newMailSpan(known)
    const spans = readSpans(traceFile).filter(({ trace }) => trace === mail.trace)
    const inside = (step: string) =>
      spans
        .filter((span) => isMongo(span) && wayTo(span, spans).some(({ name }) => name === step))
        .map(({ service }) => service)
    expect(
      inside('licensing process').filter((service) => service === 'keyflow-licensing').length,
    ).toBeGreaterThan(3)
    expect(
      inside('notifier process').filter((service) => service === 'keyflow-notifier').length,
    ).toBeGreaterThan(3)
    expect(inside('smtp send')).toContain('keyflow-notifier')
  }, 60_000)
})
