import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sharedStack, waitUntil } from '@keyflow/devstack'
import Stripe from 'stripe'
import { stripeCli } from '../../packages/stripe-sandbox/test/stripe-cli.ts'
import { buy, type Installation, keyIn, startInstallation } from './installation.ts'

interface SpanLine {
  readonly trace: string
  readonly span: string
  readonly parent: string | null
  readonly service: string
  readonly name: string
}

const traceFile = join(mkdtempSync(join(tmpdir(), 'keyflow-trace-')), 'spans.jsonl')
const spans = (): SpanLine[] =>
  readFileSync(traceFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SpanLine)

describe('from a purchase to a key', () => {
  let keyflow: Installation

  beforeAll(async () => {
    keyflow = await startInstallation({ ...(await sharedStack()), traceFile })
  }, 90_000)
  afterAll(async () => {
    await keyflow?.stop()
  }, 60_000)

  const mailsTo = (email: string) => keyflow.inbox.accepted.filter((mail) => mail.envelopeTo.includes(email))
  const until = (what: string, probe: () => Promise<boolean> | boolean) =>
    waitUntil(probe, { what, deadlineMs: 30_000 })
  const keyOf = async (email: string): Promise<string> => {
    await until(`a key for ${email}`, () => mailsTo(email).some((mail) => keyIn(mail.text) !== ''))
    return keyIn(mailsTo(email).find((mail) => keyIn(mail.text) !== '')?.text)
  }

  it('a subscription ends with a key in the inbox that validates, and follows upgrade, pause and cancellation', async () => {
    const { subscription } = await buy(keyflow, 'ada@example.com', 'price_starter_monthly')
    const key = await keyOf('ada@example.com')
    expect(await keyflow.validate(key)).toMatchObject({
      valid: true,
      code: 'VALID',
      license: { tier: 'starter', max_domains: 3 },
    })

    const items = (await keyflow.stripe('GET', `/v1/subscriptions/${subscription}`)).items as {
      data: { id: string }[]
    }
    await keyflow.stripe('POST', `/v1/subscriptions/${subscription}`, {
      'items[0][id]': items.data[0]?.id ?? '',
      'items[0][price]': 'price_business_monthly',
    })
    await until(
      'the upgrade',
      async () => ((await keyflow.validate(key)).license as { tier: string }).tier === 'business',
    )
    await until('a mail about it', () => mailsTo('ada@example.com').length === 2)
    expect(mailsTo('ada@example.com')[1]?.text).toContain('25')

    await keyflow.stripe('POST', `/v1/subscriptions/${subscription}`, {
      'pause_collection[behavior]': 'void',
    })
    await until('the suspension', async () => (await keyflow.validate(key)).code === 'SUSPENDED')
    await keyflow.stripe('POST', `/v1/subscriptions/${subscription}`, { pause_collection: '' })
    await until('the reinstatement', async () => (await keyflow.validate(key)).valid === true)

    await keyflow.stripe('DELETE', `/v1/subscriptions/${subscription}`)
    await until('the end', async () => (await keyflow.validate(key)).code === 'EXPIRED')
    const told = () => mailsTo('ada@example.com').filter((mail) => keyIn(mail.text) !== '')
    await until('the last mail', () => /expired|ended/i.test(mailsTo('ada@example.com').at(-1)?.text ?? ''))
    expect(told()).toHaveLength(1)
  }, 90_000)

  it('the same event delivered fifty times at once is one license and one mail', async () => {
    const { customer } = await buy(keyflow, 'fifty@example.com')
    await keyOf('fifty@example.com')
    const list = (await keyflow.stripe('GET', '/v1/events?limit=100')) as {
      data: { id: string; data: { object: { customer?: unknown } } }[]
    }
    const mine = list.data.filter((event) => event.data.object.customer === customer)
    expect(mine.length).toBeGreaterThan(3)
    const answers = await Promise.all(
      mine.flatMap((event) =>
        Array.from({ length: 50 }, async () => {
          const body = JSON.stringify(event)
          const signature = Stripe.webhooks.generateTestHeaderString({
            payload: body,
            secret: keyflow.secret,
          })
          const answer = await fetch(keyflow.webhookUrl, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'stripe-signature': signature },
            body,
          })
          return answer.status
        }),
      ),
    )
    expect(new Set(answers)).toEqual(new Set([200]))
    await buy(keyflow, 'behind@example.com')
    await keyOf('behind@example.com')
    expect(mailsTo('fifty@example.com')).toHaveLength(1)
  }, 90_000)

  it('one trace spans the webhook, licensing, MongoDB, the notifier and the SMTP call', async () => {
    await buy(keyflow, 'traced@example.com')
    await keyOf('traced@example.com')
    const chainOf = (leaf: SpanLine, all: readonly SpanLine[]): SpanLine[] => {
      const chain = [leaf]
      for (let at = leaf; at.parent !== null; ) {
        const parent = all.find((span) => span.span === at.parent && span.trace === leaf.trace)
        if (parent === undefined) break
        chain.push(parent)
        at = parent
      }
      return chain.reverse()
    }
    const whole = await waitUntil(
      () => {
        const all = spans()
        const sends = all.filter((span) => span.name === 'smtp send')
        const chains = sends.map((send) => chainOf(send, all))
        return chains.find((chain) => chain[0]?.service === 'keyflow-ingest' && chain[0].parent === null)
      },
      { what: 'a whole chain of spans', deadlineMs: 20_000 },
    )
    const services = whole.map((span) => span.service)
    expect([...new Set(services)]).toEqual(['keyflow-ingest', 'keyflow-licensing', 'keyflow-notifier'])
    expect(whole[0]?.name).toMatch(/POST/)
    expect(whole.at(-1)?.name).toBe('smtp send')
    const trace = whole[0]?.trace
    expect(
      spans().some(
        (span) =>
          span.trace === trace &&
          span.service === 'keyflow-licensing' &&
          /mongodb|insert|update|find/.test(span.name),
      ),
    ).toBe(true)
  }, 60_000)

  it('the real Stripe CLI ends with a key in the inbox, and its other triggers are taken without harm', async () => {
    const cli = stripeCli(keyflow.stripeUrl)
    const listen = cli.run(
      'listen',
      '--all-snapshot',
      '--forward-to',
      `localhost:${keyflow.ports.ingest.http}/api/v1/webhooks/stripe`,
    )
    try {
      await listen.says(/Ready!/)
      const before = mailsTo('stripe@example.com').length
      const bought = await cli.run('trigger', 'checkout.session.completed').finished
      expect(bought.output).toContain('Trigger succeeded!')
      await until('a key for the CLI', () => mailsTo('stripe@example.com').length > before)
      const key = keyIn(mailsTo('stripe@example.com').at(-1)?.text)
      expect(await keyflow.validate(key)).toMatchObject({ valid: true, license: { tier: 'starter' } })
      for (const event of [
        'customer.subscription.created',
        'customer.subscription.updated',
        'customer.subscription.deleted',
        'invoice.paid',
        'invoice.payment_failed',
      ])
        expect((await cli.run('trigger', event).finished).output).toContain('Trigger succeeded!')
      await buy(keyflow, 'after-cli@example.com')
      await keyOf('after-cli@example.com')
      const metrics = await (await fetch(`http://127.0.0.1:${keyflow.ports.licensing.ops}/metrics`)).text()
      expect(metrics).toMatch(
        /keyflow_events_processed_total\{service="licensing",outcome="dead_lettered"\} 0/,
      )
      expect(mailsTo('stripe@example.com').length).toBe(before + 1)
    } finally {
      await listen.end()
      cli.remove()
    }
  }, 120_000)

  it('duplicates, disorder and a licensing that is killed in between leave one key each, and what Stripe says', async () => {
    const { data } = (await keyflow.stripe('GET', '/v1/webhook_endpoints')) as { data: { id: string }[] }
    await keyflow.stripe('POST', `/v1/sandbox/webhook_endpoints/${data[0]?.id}/faults`, {
      duplicate_rate: '0.3',
      reorder_window: '6',
      delay_ms: '20',
    })
    const buyers = Array.from({ length: 20 }, (_, at) => `chaos-${at}@example.com`)
    const bought = new Map<string, string>()
    for (const [at, email] of buyers.entries()) {
      const { subscription } = await buy(keyflow, email, 'price_starter_monthly')
      bought.set(email, subscription)
      if (at === 10) {
        await keyflow.service('licensing').kill('SIGKILL')
        void keyflow.restart('licensing')
      }
    }
    await until('every buyer has a key', () =>
      buyers.every((email) => mailsTo(email).some((mail) => keyIn(mail.text) !== '')),
    )
    for (const email of buyers) {
      const keyed = mailsTo(email).filter((mail) => keyIn(mail.text) !== '')
      expect({ email, mails: keyed.length }).toEqual({ email, mails: 1 })
      expect(await keyflow.validate(keyIn(keyed[0]?.text))).toMatchObject({
        valid: true,
        license: { tier: 'starter' },
      })
    }
  }, 120_000)
})
