import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sharedStack, waitUntil } from '@keyflow/devstack'
import type { BuyerOnClock } from './shop.ts'
import { startWorld, type World } from './world.ts'

const DAY = 86_400
const START = Date.UTC(2026, 2, 2, 10) / 1000
/** The invoice of the renewal stays a draft for an hour; then its first payment fails. */
const DAY_0 = Date.UTC(2026, 3, 2, 11) / 1000

let world: World
beforeAll(async () => {
  world = await startWorld({
    ...(await sharedStack()),
    partitions: 3,
    settings: { DUNNING_BASKET_MS: '0', DUNNING_POLL_MS: '100' },
  })
  await world.shop.setRetries({ retry_after_days: '1,1,2,2,3,2,3', final_action: 'past_due' })
}, 120_000)
afterAll(() => world?.stop(), 60_000)

const WITHIN = { deadlineMs: 20_000, everyMs: 50 }

/** A buyer of the pro tier on a test clock, who uses the license at two domains, and whose card breaks before the renewal. */
const untilTheCardBreaks = async (email: string) => {
  const buyer = await world.shop.buyOnClock(email, 'price_pro_monthly', START)
  const key = await world.mailbox.untilKey(email)
  for (const domain of ['one.example', 'two.example']) await world.activate(key, domain)
  expect(await world.validate(key, 'one.example')).toMatchObject({ code: 'VALID', license: { tier: 'pro' } })
  await world.shop.breakCard(buyer)
  return { email, key, buyer }
}

const advance = async (buyer: BuyerOnClock, days: number): Promise<void> => {
  await buyer.advance(DAY_0 + Math.round(days * DAY))
  await world.untilQuiet()
}

/** What the customer was written about their payments, oldest first. */
const dunned = (email: string): readonly string[] =>
  world.mailbox
    .mailsTo(email)
    .map(({ subject }) => subject ?? '')
    .filter((subject) => !/license key/i.test(subject))

const textOf = (email: string, subject: RegExp): string =>
  world.mailbox.mailsTo(email).find((mail) => subject.test(mail.subject ?? ''))?.text ?? ''

const untilCode = (key: string, code: string) =>
  waitUntil(async () => (await world.validate(key, 'one.example')).code === code, {
    what: `the key to be ${code}`,
    ...WITHIN,
  })

const FAILED = 'Payment for Keyflow did not go through'
const REMINDER = 'Please update your payment for Keyflow'
const DOWNGRADED = 'Keyflow is now on Free'
const SUSPENDED = 'Keyflow is suspended'
const RECOVERED = 'All set: Keyflow is active'

describe('a card that is declined at the renewal', () => {
  it('is followed by four mails with the right dates, a downgrade at day 7, a suspension at day 14, and all comes back with the payment at day 15', async () => {
    const began = performance.now()
    const { email, key, buyer } = await untilTheCardBreaks('fourteen@example.com')
    const subjects = () => dunned(email).map((subject) => subject.replace(/^\[test\] /i, ''))

    await advance(buyer, 0)
    expect(subjects()).toEqual([FAILED])
    expect(textOf(email, /did not go through/)).toContain('April 9, 2026')
    expect(await world.validate(key, 'one.example')).toMatchObject({ valid: true, license: { tier: 'pro' } })

    await advance(buyer, 2.99)
    expect(subjects()).toEqual([FAILED])
    await advance(buyer, 3)
    expect(subjects()).toEqual([FAILED, REMINDER])
    expect(textOf(email, /update your payment/)).toContain('April 9, 2026')

    await advance(buyer, 6.99)
    expect(await world.validate(key, 'one.example')).toMatchObject({ valid: true, license: { tier: 'pro' } })
    await advance(buyer, 7)
    expect(subjects()).toEqual([FAILED, REMINDER, DOWNGRADED])
    expect(textOf(email, /is now on Free/)).toContain('April 16, 2026')
    expect(await world.validate(key)).toMatchObject({ valid: true, license: { tier: 'free' } })

    await advance(buyer, 13.99)
    expect((await world.validate(key)).license?.tier).toBe('free')
    await advance(buyer, 14)
    expect(subjects()).toEqual([FAILED, REMINDER, DOWNGRADED, SUSPENDED])
    await untilCode(key, 'SUSPENDED')

    await advance(buyer, 15)
    const link = /https?:\/\/\S+\/b\/\S+/.exec(textOf(email, /is suspended/))?.[0] ?? ''
    const page = await fetch(link)
    expect([page.status, (await page.text()).includes('Complete your payment')]).toEqual([200, true])
    const opened = await fetch(link, {
      method: 'POST',
      body: new URLSearchParams({ action: 'pay' }),
      redirect: 'manual',
    })
    expect(opened.status).toBe(303)
    const paid = await fetch(opened.headers.get('location') ?? '', {
      method: 'POST',
      body: new URLSearchParams({ card: 'pm_card_visa' }),
    })
    expect(await paid.text()).toContain('This invoice is paid.')

    await untilCode(key, 'VALID')
    await world.untilQuiet()
    for (const domain of ['one.example', 'two.example'])
      expect(await world.validate(key, domain)).toMatchObject({ code: 'VALID', license: { tier: 'pro' } })
    expect(subjects()).toEqual([FAILED, REMINDER, DOWNGRADED, SUSPENDED, RECOVERED])
    expect(await (await fetch(link)).text()).toContain('There is nothing to pay')
    const [found] = await world.cases(buyer.subscription)
    expect(found).toMatchObject({ status: 'recovered', level: 'none', test_clock: buyer.clock })
    expect((performance.now() - began) / 1000).toBeLessThan(60)
  }, 120_000)

  it('that is paid on day 6 at 23:59 was never followed by a restriction', async () => {
    const { email, key, buyer } = await untilTheCardBreaks('in-time@example.com')
    await advance(buyer, 0)
    await advance(buyer, 3)
    await advance(buyer, 7 - 60 / DAY)
    const { latest_invoice } = await world.shop.stripe.subscriptions.retrieve(buyer.subscription)
    await world.shop.stripe.invoices.pay(String(latest_invoice), { payment_method: 'pm_card_visa' })
    await world.untilQuiet()
    for (const day of [7, 8, 14, 15]) await advance(buyer, day)
    expect(dunned(email).map((subject) => subject.replace(/^\[test\] /i, ''))).toEqual([
      FAILED,
      REMINDER,
      RECOVERED,
    ])
    expect(await world.validate(key, 'one.example')).toMatchObject({
      code: 'VALID',
      license: { tier: 'pro' },
    })
    const restricted = await world.audit.stores.dunning.db
      .collection('step_runs')
      .countDocuments({ caseId: `platform:test:${buyer.subscription}`, 'run.restrict': { $ne: null } })
    expect(restricted).toBe(0)
  }, 120_000)

  it('is caught up with through notices when the engine was down from day 0 to day 9, never straight to the worst', async () => {
    const { email, key, buyer } = await untilTheCardBreaks('late@example.com')
    const subjects = () => dunned(email).map((subject) => subject.replace(/^\[test\] /i, ''))
    await world.service('dunning').stop()
    for (const day of [0, 3, 7, 9]) await buyer.advance(DAY_0 + day * DAY)
    await world.start('dunning')
    await world.untilQuiet()
    expect(subjects()).toEqual([REMINDER])
    expect(textOf(email, /update your payment/)).toContain('April 14, 2026')
    await advance(buyer, 11.99)
    expect(await world.validate(key, 'one.example')).toMatchObject({ valid: true, license: { tier: 'pro' } })
    await advance(buyer, 12)
    expect(subjects()).toEqual([REMINDER, DOWNGRADED])
    expect((await world.validate(key)).license?.tier).toBe('free')
    await advance(buyer, 14.99)
    expect(subjects()).toEqual([REMINDER, DOWNGRADED])
    await advance(buyer, 15)
    expect(subjects()).toEqual([REMINDER, DOWNGRADED, SUSPENDED])
    await untilCode(key, 'SUSPENDED')
  }, 120_000)
})
