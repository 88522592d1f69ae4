import Stripe from 'stripe'
import { OPERATOR_TOKEN } from '../e2e/service-settings.ts'
import type { DrillWorld } from './drill-world.ts'

export interface Drill {
  /** With the prefix. */
  readonly alert: string
  readonly fault: string
  /** Where the alert must arrive. */
  readonly receiver: 'page' | 'ticket'
  readonly inject: (world: DrillWorld) => Promise<void>
  readonly mend: (world: DrillWorld) => Promise<void>
}

const nothing = async (): Promise<void> => undefined

/** Posts an event that is signed with a secret that nobody knows. */
const postForged = async ({ world }: DrillWorld, from?: string): Promise<void> => {
  const body = JSON.stringify({ id: 'evt_forged', object: 'event', created: 1 })
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload: body,
    secret: 'whsec_nobodyKnowsThisOne',
  })
  const headers = {
    'content-type': 'application/json',
    'stripe-signature': signature,
    ...(from === undefined ? {} : { 'x-forwarded-for': from }),
  }
  for (let n = 0; n < 3; n += 1)
    await (await fetch(world.webhook.url, { method: 'POST', headers, body })).arrayBuffer()
}

const buyUnknownPrice = async ({ world }: DrillWorld): Promise<void> => {
  const { stripe } = world.shop
  const product = await stripe.products.create({ name: 'Nobody told Keyflow' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 4900,
    recurring: { interval: 'month' },
  })
  await world.shop.buy('nobody-knows@example.com', price.id)
}

const licensing = async (
  world: DrillWorld,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> => {
  const answer = await fetch(`http://127.0.0.1:${world.world.ports.licensing.http}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${OPERATOR_TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

const dismissReviews = async (world: DrillWorld): Promise<void> => {
  const { data } = (await licensing(world, 'GET', '/api/v1/reviews')) as { data: readonly { id: string }[] }
  for (const { id } of data)
    await licensing(world, 'POST', `/api/v1/reviews/${encodeURIComponent(id)}/dismiss`, {
      actor: 'drill',
      reason: 'drill',
    })
}

const server =
  (which: 'kafka' | 'mongo', signal: NodeJS.Signals) =>
  async (world: DrillWorld): Promise<void> => {
    const found = world.stack[which]
    if (found === undefined) throw new Error(`${which} is not ours to stop: unset its address`)
    await found.kill(signal)
  }

/** In an order in which none disturbs the next for long. */
export const DRILLS: readonly Drill[] = [
  {
    alert: 'KeyflowSignatureFailures',
    fault: 'a stranger posts webhooks with a made-up signature',
    receiver: 'ticket',
    inject: (world) => postForged(world, '203.0.113.9'),
    mend: nothing,
  },
  {
    alert: 'KeyflowSigningSecretMismatch',
    fault: "webhooks from Stripe's addresses are signed with a wrong secret",
    receiver: 'page',
    inject: (world) => postForged(world),
    mend: nothing,
  },
  {
    alert: 'KeyflowLicenseCreateFailed',
    fault: 'somebody buys a price that the catalog does not know',
    receiver: 'page',
    inject: buyUnknownPrice,
    mend: dismissReviews,
  },
  {
    alert: 'KeyflowPaidWithoutLicense',
    fault: 'the same purchase waits in the review queue until somebody decides it',
    receiver: 'page',
    inject: buyUnknownPrice,
    mend: dismissReviews,
  },
  {
    alert: 'KeyflowProvisioningSloBurnPage',
    fault: 'the mail relay answers two seconds late, at each step',
    receiver: 'page',
    inject: async ({ relay }) => relay.delay(2000),
    mend: async ({ relay }) => relay.delay(0),
  },
  {
    alert: 'KeyflowProcessingStuck',
    fault: 'MongoDB is frozen: consumers take records and complete none',
    receiver: 'page',
    inject: server('mongo', 'SIGSTOP'),
    mend: server('mongo', 'SIGCONT'),
  },
  {
    alert: 'KeyflowDeliveryBudgetBurnFast',
    fault: 'the Kafka broker is frozen',
    receiver: 'page',
    inject: server('kafka', 'SIGSTOP'),
    mend: server('kafka', 'SIGCONT'),
  },
  {
    alert: 'KeyflowServiceAbsent',
    fault: 'dunning is stopped',
    receiver: 'page',
    inject: ({ world }) => world.service('dunning').stop(),
    mend: ({ world }) => world.start('dunning'),
  },
  {
    alert: 'KeyflowMetricsAbsent',
    fault: 'ingest is killed',
    receiver: 'page',
    inject: async ({ world }) => void (await world.service('ingest').kill('SIGKILL')),
    mend: ({ world }) => world.start('ingest'),
  },
  {
    alert: 'KeyflowDuplicateRateHigh',
    fault: 'Stripe delivers half of the events twice',
    receiver: 'ticket',
    inject: ({ world }) => world.shop.setFaults({ duplicate_rate: 0.5 }),
    mend: ({ world }) => world.shop.setFaults({ duplicate_rate: 0 }),
  },
  {
    alert: 'KeyflowIngestSilent',
    fault: 'nobody buys anything, at an hour when many did last week',
    receiver: 'page',
    inject: ({ load }) => load.pause(),
    mend: async ({ load }) => load.resume(),
  },
]
