import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TOPICS } from '@keyflow/contracts'
import { createStripeAccount } from './history/stripe-account.ts'
import { createSubscriptionStory, type PriceId } from './history/subscription-story.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const now = (): number => Math.floor(Date.now() / 1000)
const AUDIT = { actor: 'ops@seller', reason: 'a test' }

describe('what operators and dunning do to licenses', () => {
  let licensing: RunningLicensing

  beforeAll(async () => {
    licensing = await runLicensing()
    await licensing.start()
  })
  afterAll(async () => {
    await licensing.stop()
  })

  const eventsOf = (subscription: string) => licensing.events().filter((e) => e.subscription === subscription)

  const buy = async (name: string, price: PriceId = 'price_pro_monthly') => {
    const account = createStripeAccount(name, now() - 100)
    const story = createSubscriptionStory(account, { price, trial: false, payAtOnce: true })
    await licensing.publish(account.events)
    await until('it is issued', () => eventsOf(story.id).length > 0)
    const id = eventsOf(story.id)[0]?.licenseId ?? ''
    const sent = account.events.length
    return { account, story, id, publishRest: () => licensing.publish(account.events.slice(sent)) }
  }

  it('lets an operator suspend and reinstate, and says who and why', async () => {
    const { id } = await buy('verbs')
    expect(await licensing.ask('POST', `/licenses/${id}/suspend`, AUDIT)).toMatchObject({
      http: 200,
      status: 'suspended',
      reason: 'operator',
    })
    expect(await licensing.ask('POST', `/licenses/${id}/reinstate`, AUDIT)).toMatchObject({
      http: 200,
      status: 'active',
    })
    const explained = await licensing.ask('GET', `/licenses/${id}/explain`)
    const facts = explained.facts as { type: string; says: { kind: string; state: object }[] }[]
    const decisions = facts.flatMap((f) => f.says).filter((s) => s.kind === 'operation')
    expect(decisions.map((d) => d.state)).toMatchObject([AUDIT, AUDIT])
    expect(await licensing.ask('POST', `/licenses/${id}/suspend`, { actor: 'x' })).toMatchObject({
      http: 400,
    })
    expect(await licensing.ask('POST', `/licenses/${id}/suspend`, AUDIT, 'wrong-token')).toMatchObject({
      http: 401,
    })
  })

  it('keeps a revoked license revoked through deletion and a late payment (case 24)', async () => {
    const { id, story, account, publishRest } = await buy('revoked')
    expect(await licensing.ask('POST', `/licenses/${id}/revoke`, AUDIT)).toMatchObject({ status: 'revoked' })
    account.advance(10)
    story.actions.renew()
    story.actions.cancel()
    await publishRest()
    const license = licensing.store.db.collection('licenses')
    await until(
      'billing says that it has ended',
      async () => (await license.findOne({ _id: id as never }))?.axes.billing === 'revoked',
    )
    expect(await licensing.ask('GET', `/licenses/${id}`)).toMatchObject({
      status: 'revoked',
      reason: 'operator',
    })
    expect(await licensing.ask('POST', `/licenses/${id}/reinstate`, AUDIT)).toMatchObject({
      status: 'revoked',
    })
  })

  it('changes limits by override, keeps them through a plan change, and lifts them again (case 25)', async () => {
    const { id, story, account, publishRest } = await buy('limits', 'price_starter_monthly')
    expect(await licensing.ask('PATCH', `/licenses/${id}`, { ...AUDIT, max_domains: 99 })).toMatchObject({
      http: 200,
      max_domains: 99,
      tier: 'starter',
    })
    account.advance(10)
    story.actions.changePrice('price_pro_monthly')
    await publishRest()
    await until('the tier changes', () => eventsOf(story.id).some((e) => e.after.tier === 'pro'))
    expect(await licensing.ask('GET', `/licenses/${id}`)).toMatchObject({ tier: 'pro', max_domains: 99 })
    expect(await licensing.ask('PATCH', `/licenses/${id}`, { ...AUDIT, max_domains: null })).toMatchObject({
      max_domains: 10,
    })
    expect(await licensing.ask('PATCH', `/licenses/${id}`, { ...AUDIT, tier: 'no-such-tier' })).toMatchObject(
      { http: 422 },
    )
  })

  it("applies dunning's overlay by its fence, and drops it without remembering anything", async () => {
    const { id, story } = await buy('dunned')
    const overlay = (seq: number, level: 'none' | 'downgraded' | 'suspended') =>
      licensing.publishOwn(TOPICS.dunningEvents.name, {
        id: `case_${story.id}:${seq}`,
        type: 'dunning.case_updated',
        schemaVersion: 1,
        at: new Date().toISOString(),
        account: 'platform',
        livemode: true,
        caseId: `case_${story.id}`,
        seq,
        customer: story.customer,
        subscription: story.id,
        anchorAt: null,
        outstanding: {},
        invoices: [],
        outcome: null,
        cause: [],
        restriction: { level, tier: level === 'downgraded' ? 'free' : null },
      })
    await overlay(3, 'suspended')
    await until('it is suspended', () => eventsOf(story.id).at(-1)?.after.status === 'suspended')
    expect(eventsOf(story.id).at(-1)?.after.reason).toBe('payment_overdue')
    await overlay(2, 'downgraded')
    await overlay(4, 'none')
    await until('it is back', () => eventsOf(story.id).at(-1)?.after.status === 'active')
    expect(eventsOf(story.id).at(-1)).toMatchObject({
      type: 'license.reinstated',
      after: { tier: 'pro', maxDomains: 10 },
    })
    await overlay(5, 'downgraded')
    await until('it is on the free tier', () => eventsOf(story.id).at(-1)?.after.tier === 'free')
    expect(await licensing.ask('GET', `/licenses/${id}`)).toMatchObject({
      status: 'active',
      tier: 'free',
      max_domains: 1,
    })
  })

  it('explains a license at a past instant from facts, places in the log and signatures', async () => {
    const { id, story, account, publishRest } = await buy('past')
    await until('the first version is in the past', async () => {
      const { versions } = (await licensing.ask('GET', `/licenses/${id}/history`)) as {
        versions: { since: string }[]
      }
      return Date.parse(versions[0]?.since ?? '') < Date.now() - 50
    })
    const before = new Date().toISOString()
    account.advance(10)
    story.actions.togglePause()
    await publishRest()
    await until('it is suspended', () => eventsOf(story.id).at(-1)?.after.status === 'suspended')
    const then = await licensing.ask('GET', `/licenses/${id}/explain?at=${before}`)
    const today = await licensing.ask('GET', `/licenses/${id}/explain`)
    expect(then.license).toMatchObject({ state: { status: 'active' } })
    expect(today).toMatchObject({
      license: { state: { status: 'suspended', reason: 'paused' } },
      axes: { billing: 'suspended', override: 'none' },
    })
    const facts = today.facts as { event_id: string; origin: string }[]
    expect(facts.length).toBeGreaterThan((then.facts as unknown[]).length)
    for (const fact of facts) expect(fact.origin).toMatch(/^.*stripe\.events\/\d+\/\d+$/)
    expect(facts.map((f) => f.event_id)).toEqual(expect.arrayContaining([account.events[1]?.id]))
    expect(await licensing.ask('GET', `/licenses/${id}?at=${before}`)).toMatchObject({ status: 'active' })
    const { versions } = (await licensing.ask('GET', `/licenses/${id}/history`)) as {
      versions: { type: string }[]
    }
    expect(versions.map((v) => v.type)).toEqual(['license.issued', 'license.suspended'])
  })

  it('puts an unknown price under review with the amount at risk; mapping it issues the license (case 28)', async () => {
    const account = createStripeAccount('map', now())
    const story = createSubscriptionStory(account, {
      price: 'price_new_plan' as PriceId,
      trial: false,
      payAtOnce: true,
    })
    await licensing.publish(account.events)
    const open = async () =>
      (
        (await licensing.ask('GET', '/reviews')) as {
          reviews: { id: string; subjects: string[]; at_risk: object }[]
        }
      ).reviews.find((r) => r.subjects.includes(story.id))
    await until(
      'the review knows the amount',
      async () => Object.keys((await open())?.at_risk ?? {}).length > 0,
    )
    const review = await open()
    expect(review?.at_risk).toEqual({ usd: 1900 })
    const path = `/reviews/${encodeURIComponent(review?.id ?? '')}`
    expect(await licensing.ask('POST', `${path}/retry`)).toMatchObject({ state: 'open' })
    expect(
      await licensing.ask('POST', `${path}/map`, { ...AUDIT, tier: 'nothing', product_id: 'app' }),
    ).toMatchObject({ http: 422 })
    expect(
      await licensing.ask('POST', `${path}/map`, { ...AUDIT, tier: 'business', product_id: 'app' }),
    ).toMatchObject({ state: 'resolved' })
    await until('it is issued', () => eventsOf(story.id).length === 1)
    expect(eventsOf(story.id)[0]).toMatchObject({
      type: 'license.issued',
      after: { tier: 'business', maxDomains: 25 },
    })
  })

  it('keeps a dismissed review dismissed, with its reason', async () => {
    const account = createStripeAccount('dismiss', now())
    const story = createSubscriptionStory(account, {
      price: 'price_odd' as PriceId,
      trial: false,
      payAtOnce: true,
    })
    await licensing.publish(account.events)
    const reviews = licensing.store.db.collection('reviews')
    await until(
      'it is open',
      async () => (await reviews.countDocuments({ subjects: story.id, state: 'open' })) === 1,
    )
    const entry = await reviews.findOne({ subjects: story.id })
    const path = `/reviews/${encodeURIComponent(String(entry?._id))}`
    expect(await licensing.ask('POST', `${path}/dismiss`, AUDIT)).toMatchObject({
      state: 'dismissed',
      dismissal: AUDIT,
    })
    expect(await licensing.ask('POST', `${path}/retry`)).toMatchObject({ state: 'dismissed' })
    expect(await licensing.ask('POST', `${path}/dismiss`, AUDIT)).toMatchObject({ http: 409 })

    // The decision is a fact of the log: a queue that is built anew has it too.
    await reviews.deleteMany({ subjects: story.id })
    account.advance(60)
    story.actions.renew()
    await licensing.publish(account.events.slice(-1))
    await until('it is built anew', async () => (await reviews.countDocuments({ subjects: story.id })) === 1)
    expect(await licensing.ask('GET', '/reviews?state=dismissed')).toMatchObject({
      reviews: expect.arrayContaining([expect.objectContaining({ id: entry?._id, dismissal: AUDIT })]),
    })
  })
})
