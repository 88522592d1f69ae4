import { setTimeout as sleep } from 'node:timers/promises'
import { waitUntil } from '@keyflow/devstack'
import type { Purchase } from './purchases.ts'
import { unixNow } from './unix-now.ts'
import type { WebhookSender } from './webhook-sender.ts'

/** When a purchase's decisive webhook was answered with 200, Unix milliseconds, by subscription. */
export type Answers = ReadonlyMap<string, number>

const MAIL_DEADLINE_MS = 60_000

/**
 * Sends purchases at a steady rate whatever the answers take (open loop), the webhooks of a purchase together, and waits
 * for all of their mails.
 */
export const sendPurchases = async (
  sender: WebhookSender,
  purchases: readonly Purchase[],
  perSecond: number,
  mailed: ReadonlyMap<string, number>,
): Promise<Answers> => {
  const answers = new Map<string, number>()
  const send = async ({ bodies, decisive, subscription }: Purchase): Promise<void> => {
    await Promise.all(
      bodies.map(async (body) => {
        await sender.send(body)
        if (body.includes(`"id": "${decisive}"`)) answers.set(subscription, unixNow())
      }),
    )
  }
  const started = performance.now()
  const sending: Promise<void>[] = []
  for (const [at, purchase] of purchases.entries()) {
    const wait = started + (at * 1000) / perSecond - performance.now()
    if (wait > 0) await sleep(wait)
    sending.push(send(purchase))
  }
  await Promise.all(sending)
  await waitUntil(() => purchases.every(({ email }) => mailed.has(email)), {
    what: 'the mail of every purchase',
    deadlineMs: MAIL_DEADLINE_MS,
    everyMs: 20,
  })
  return answers
}
