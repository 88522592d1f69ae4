import { afterAll, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { startSandbox, stopAll } from './sandbox-under-test.ts'

describe('a restricted key', () => {
  afterAll(stopAll)

  const restricted = async (permissions: Readonly<Record<string, string>>) => {
    const { play, url } = await startSandbox()
    const form = Object.fromEntries(
      Object.entries(permissions).map(([resource, granted]) => [`permissions[${resource}]`, granted]),
    )
    const { body } = await play('restricted_keys', form)
    return new Stripe(body.key, {
      host: '127.0.0.1',
      port: new URL(url).port,
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
    })
  }

  it('reads what it may read, and is told which permission it lacks', async () => {
    const stripe = await restricted({ products: 'read', account: 'read' })
    expect((await stripe.products.list()).data.length).toBeGreaterThan(0)
    expect((await stripe.accounts.retrieveCurrent()).id).toMatch(/^acct_/)
    await expect(stripe.products.create({ name: 'x' })).rejects.toMatchObject({
      statusCode: 403,
      type: 'StripePermissionError',
      message: expect.stringContaining("'rak_product_write'"),
    })
    await expect(stripe.webhookEndpoints.list()).rejects.toMatchObject({
      message: expect.stringContaining("'rak_webhook_endpoint_read'"),
    })
  })

  it('never shows itself whole in an error', async () => {
    const stripe = await restricted({})
    const error: unknown = await stripe.checkout.sessions.list().catch((reason: unknown) => reason)
    expect(String(error)).toContain('rk_test_**')
    expect(String(error)).toContain("'rak_checkout_session_read'")
  })

  it('is made of permissions that Stripe knows', async () => {
    const { play } = await startSandbox()
    expect(await play('restricted_keys', { 'permissions[products]': 'some' })).toMatchObject({ status: 400 })
  })
})
