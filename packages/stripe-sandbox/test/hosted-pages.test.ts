import { afterEach, describe, expect, it } from '@jest/globals'
import { startSandbox, stopAll, subscribe } from './sandbox-under-test.ts'

afterEach(stopAll)

const post = (url: string, form: Record<string, string>) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })

const owing = async () => {
  const parts = await startSandbox()
  const { customer, subscription } = await subscribe(parts.stripe)
  const { body } = await parts.play(`subscriptions/${subscription.id}/renew`, { outcome: 'fail' })
  const invoice = await parts.stripe.invoices.retrieve(body.latest_invoice)
  return { ...parts, customer, subscription, invoice }
}

describe('the hosted page of an invoice', () => {
  it('shows what is owed, takes a card, and then says that it is paid', async () => {
    const { stripe, invoice, subscription } = await owing()
    const url = String(invoice.hosted_invoice_url)
    const page = await (await fetch(url)).text()
    expect(page).toContain('Amount due')
    const paid = await post(url, { card: 'pm_card_visa' })
    expect([paid.status, paid.headers.get('location')]).toEqual([303, `/i/${invoice.id}`])
    expect(await (await fetch(url)).text()).toContain('This invoice is paid.')
    expect((await stripe.invoices.retrieve(String(invoice.id))).status).toBe('paid')
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
  })

  it('says why a card was refused, and leaves the invoice open', async () => {
    const { stripe, invoice } = await owing()
    for (const card of ['pm_card_chargeDeclined', 'pm_card_chargeCustomerFail', 'tok_chargeDeclined']) {
      const answer = await post(String(invoice.hosted_invoice_url), { card })
      expect(await answer.text()).toContain('Your card was declined.')
    }
    expect((await stripe.invoices.retrieve(String(invoice.id))).status).toBe('open')
  })

  it('is nobody’s for an invoice that does not exist', async () => {
    const { url } = await startSandbox()
    expect((await fetch(`${url}/i/in_unknown`)).status).toBe(404)
  })
})

describe('the billing portal', () => {
  it('saves a new card for the customer and its subscriptions, and sends the customer back', async () => {
    const { stripe, customer, subscription } = await owing()
    const session = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      return_url: 'https://shop.example/thanks',
      flow_data: { type: 'payment_method_update' },
    })
    expect(await (await fetch(session.url)).text()).toContain('Update your payment method')
    const saved = await post(session.url, { card: 'pm_card_mastercard' })
    expect([saved.status, saved.headers.get('location')]).toEqual([303, 'https://shop.example/thanks'])
    const updated = await stripe.subscriptions.retrieve(subscription.id, {
      expand: ['default_payment_method'],
    })
    expect(updated.default_payment_method).toMatchObject({ card: { brand: 'mastercard' } })
  })

  it('lasts an hour', async () => {
    let now = Date.now()
    const { stripe } = await startSandbox({ clock: { now: () => now } })
    const { customer } = await subscribe(stripe)
    const session = await stripe.billingPortal.sessions.create({ customer: customer.id })
    now += 3_700_000
    expect((await fetch(session.url)).status).toBe(404)
  })
})
