import { describe, expect, it } from '@jest/globals'
import type { Json, StripeEvent } from '../history/stripe-account.ts'
import { createSubscriptionStory } from '../history/subscription-story.ts'
import { createCase, DAY, T0 } from './case-world.ts'

const bought = () => {
  const world = createCase()
  const story = createSubscriptionStory(world.account, {
    price: 'price_pro_monthly',
    trial: false,
    payAtOnce: true,
  })
  world.deliverNew()
  return { world, story }
}

describe('acceptance: money that goes back', () => {
  it('case 18: one refund ends one of two licenses of the same customer', () => {
    const { world, story } = bought()
    const other = createSubscriptionStory(world.account, {
      price: 'price_starter_monthly',
      trial: false,
      payAtOnce: true,
      customer: story.customer,
    })
    world.account.advance(DAY)
    story.actions.refundLast('full')
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({ billing: 'ended', reason: 'refunded' })
    expect(world.licenseOf(other.id)?.billing).toBe('active')
  })

  it('case 19: a part refunded keeps the license, the remainder ends it', () => {
    const { world, story } = bought()
    world.account.advance(DAY)
    story.actions.refundLast('part')
    world.deliverNew()
    expect(world.licenseOf(story.id)?.billing).toBe('active')
    world.account.advance(DAY)
    story.actions.refundLast('full')
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({ billing: 'ended', reason: 'refunded' })
  })

  it('case 20: a refund that is seen before its charge and its invoice still meets them', () => {
    const world = createCase()
    const story = createSubscriptionStory(world.account, {
      price: 'price_pro_monthly',
      trial: false,
      payAtOnce: true,
    })
    world.account.advance(DAY)
    story.actions.refundLast('full')
    world.deliver([...world.account.events].reverse())
    expect(world.licenseOf(story.id)).toMatchObject({ billing: 'ended', reason: 'refunded' })
    expect(world.memory.ledgers.size).toBe(1)
  })

  it('case 21: a refund that fails after days of pending gives the license back', () => {
    const { world, story } = bought()
    const charge = world.account.events.find((e) => e.type === 'charge.succeeded')?.data.object as Json
    const refund: Json = {
      id: 're_p',
      object: 'refund',
      charge: charge.id,
      payment_intent: charge.payment_intent,
      amount: charge.amount,
      currency: 'usd',
      status: 'pending',
    }
    world.account.advance(DAY)
    world.account.emit('refund.created', refund)
    world.account.emit('charge.refunded', { ...charge, amount_refunded: charge.amount, refunded: true })
    world.deliverNew()
    expect(world.licenseOf(story.id)?.billing).toBe('ended')
    world.account.advance(5 * DAY)
    world.account.update('refund.failed', refund, { status: 'failed' })
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({ billing: 'active', validThrough: T0 + 30 * DAY + DAY })
  })

  it("case 22: refunding an earlier period's invoice leaves the current one paid", () => {
    const { world, story } = bought()
    const firstCharge = world.account.events.find((e) => e.type === 'charge.succeeded')?.data.object as Json
    world.account.advance(30 * DAY)
    story.actions.renew()
    world.account.advance(DAY)
    world.account.emit('charge.refunded', {
      ...firstCharge,
      amount_refunded: firstCharge.amount,
      refunded: true,
    })
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({ billing: 'active', validThrough: T0 + 61 * DAY })
  })

  it.each([
    ['won', 'active', null],
    ['lost', 'revoked', 'dispute_lost'],
  ] as const)(
    'case 23: an open dispute suspends, and %s makes the license %s',
    (outcome, billing, reason) => {
      const { world, story } = bought()
      world.account.advance(DAY)
      story.actions.dispute()
      world.deliverNew()
      expect(world.licenseOf(story.id)).toMatchObject({ billing: 'suspended', reason: 'dispute_open' })
      world.account.advance(DAY)
      story.actions.closeDispute(outcome)
      world.deliverNew()
      expect(world.licenseOf(story.id)).toMatchObject({ billing, reason })
    },
  )

  it('case 23: an inquiry moves no funds and suspends nothing', () => {
    const { world, story } = bought()
    const charge = world.account.events.find((e) => e.type === 'charge.succeeded')?.data.object as Json
    for (const status of ['warning_needs_response', 'warning_under_review', 'warning_closed']) {
      world.account.advance(DAY)
      world.account.emit('charge.dispute.updated', {
        id: 'du_i',
        object: 'dispute',
        charge: charge.id,
        payment_intent: charge.payment_intent,
        amount: charge.amount,
        currency: 'usd',
        status,
        reason: 'general',
      })
      world.deliverNew()
      expect(world.licenseOf(story.id)?.billing).toBe('active')
    }
  })

  it('an early fraud warning flags the license, and suspends nothing by default', () => {
    const { world, story } = bought()
    const charge = world.account.events.find((e) => e.type === 'charge.succeeded')?.data.object as Json
    const warning: Json = {
      id: 'issfr_1',
      object: 'radar.early_fraud_warning',
      charge: charge.id,
      payment_intent: null,
      actionable: true,
      fraud_type: 'misc',
    }
    world.account.advance(DAY)
    world.account.emit('radar.early_fraud_warning.created', warning)
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({ billing: 'active', flags: ['early_fraud_warning'] })
    world.account.advance(DAY)
    world.account.update('radar.early_fraud_warning.updated', warning, { actionable: false })
    world.deliverNew()
    expect(world.licenseOf(story.id)?.flags).toEqual([])
  })

  it('a refund whose payment nobody linked to an invoice is asked about, and then ends the license', () => {
    const world = createCase()
    const story = createSubscriptionStory(world.account, {
      price: 'price_pro_monthly',
      trial: false,
      payAtOnce: true,
    })
    world.account.advance(DAY)
    story.actions.refundLast('full')
    world.deliver(world.account.events.filter((e) => e.type !== 'invoice_payment.paid'))
    expect(world.licenseOf(story.id)?.billing).toBe('active')
    expect(world.memory.needs()).toMatchObject([{ what: 'invoice_payments' }])
    world.answer()
    expect(world.licenseOf(story.id)).toMatchObject({ billing: 'ended', reason: 'refunded' })
    expect(world.memory.needs()).toEqual([])
  })

  const checkout = (payment: { status: string; intent: string; session: string; email: string }) => ({
    id: payment.session,
    object: 'checkout.session',
    mode: 'payment',
    status: 'complete',
    payment_status: payment.status,
    customer: null,
    customer_details: { email: payment.email },
    payment_intent: payment.intent,
    amount_total: 5000,
    currency: 'eur',
    created: T0,
  })
  const lines = (session: string) => ({
    id: session,
    object: 'list',
    has_more: false,
    data: [
      {
        id: `li_${session}`,
        object: 'item',
        quantity: 1,
        price: { id: 'price_pro_monthly', object: 'price', product: 'p', lookup_key: null },
      },
    ],
  })

  it('case 32: a guest purchase, and the same address as a customer later, are two licenses', () => {
    const world = createCase()
    world.account.emit(
      'checkout.session.completed',
      checkout({ status: 'paid', intent: 'pi_g', session: 'cs_g', email: 'a@example.test' }),
    )
    world.deliverNew()
    expect(world.all()).toEqual([])
    world.account.objects.set('cs_g', lines('cs_g'))
    expect(world.answer()).toBe(1)
    const story = createSubscriptionStory(world.account, {
      price: 'price_starter_monthly',
      trial: false,
      payAtOnce: true,
    })
    world.deliverNew()
    expect(
      world
        .all()
        .map((l) => l.terms.tier)
        .sort(),
    ).toEqual(['pro', 'starter'])
    expect(world.licenseOf(story.id)?.customer).toBe(story.customer)
  })

  it('case 33: a delayed payment that fails never becomes a license; one that succeeds does', () => {
    const world = createCase()
    world.account.objects.set('cs_f', lines('cs_f'))
    const session = checkout({ status: 'unpaid', intent: 'pi_f', session: 'cs_f', email: 'a@example.test' })
    world.account.emit('checkout.session.completed', session)
    world.account.objects.set('cs_f', lines('cs_f'))
    world.deliverNew()
    world.answer()
    expect(world.all()).toMatchObject([{ granted: false, billing: 'pending' }])
    world.account.advance(5 * DAY)
    const failed: StripeEvent = {
      ...(world.account.events[0] as StripeEvent),
      id: 'evt_failed',
      type: 'checkout.session.async_payment_failed',
      created: world.account.now(),
    }
    world.deliver([failed])
    expect(world.all()).toMatchObject([{ granted: false, billing: 'ended', reason: 'payment_failed' }])
    expect(world.memory.told).toEqual([])
  })

  it('a full refund of a one-time purchase revokes it, a lost dispute too', () => {
    for (const kind of ['refund', 'dispute'] as const) {
      const world = createCase()
      world.account.emit(
        'checkout.session.completed',
        checkout({ status: 'paid', intent: 'pi_o', session: 'cs_o', email: 'a@example.test' }),
      )
      world.account.objects.set('cs_o', lines('cs_o'))
      world.deliverNew()
      world.answer()
      expect(world.all()).toMatchObject([{ billing: 'active', granted: true }])
      world.account.advance(DAY)
      if (kind === 'refund')
        world.account.emit('refund.created', {
          id: 're_o',
          object: 'refund',
          charge: null,
          payment_intent: 'pi_o',
          amount: 5000,
          currency: 'eur',
          status: 'succeeded',
        })
      else
        world.account.emit('charge.dispute.closed', {
          id: 'du_o',
          object: 'dispute',
          charge: 'ch_o',
          payment_intent: 'pi_o',
          amount: 5000,
          currency: 'eur',
          status: 'lost',
        })
      world.deliverNew()
      expect(world.all()).toMatchObject([
        { billing: 'revoked', reason: kind === 'refund' ? 'refunded' : 'dispute_lost' },
      ])
    }
  })
})
