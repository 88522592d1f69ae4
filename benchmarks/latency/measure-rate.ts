import { setTimeout as sleep } from 'node:timers/promises'
import { waitUntil } from '@keyflow/devstack'
import type { Installation } from '../../test/e2e/installation.ts'
import { createPurchase, DECISIVE, type Purchase, sign } from './purchases.ts'

/**
 * Milliseconds from "webhook accepted" (the 200 for the event that decides) to "mail accepted" (the relay's 250), by
 * recipient in `mailed`.
 */
export const measureRate = async (
  keyflow: Installation,
  mailed: ReadonlyMap<string, number>,
  label: string,
  options: { readonly purchases: number; readonly perSecond: number },
): Promise<readonly number[]> => {
  const purchases = Array.from({ length: options.purchases }, (_, at) => createPurchase(`${label}${at}x`))
  const accepted = new Map<string, number>()
  const started = performance.now()
  const sending: Promise<void>[] = []
  for (const [at, purchase] of purchases.entries()) {
    const due = started + (at * 1000) / options.perSecond
    const wait = due - performance.now()
    if (wait > 0) await sleep(wait)
    sending.push(send(keyflow, purchase, accepted))
  }
  await Promise.all(sending)
  await waitUntil(() => purchases.every(({ email }) => mailed.has(email)), {
    what: 'every mail',
    deadlineMs: 60_000,
    everyMs: 20,
  })
  return purchases.map(({ email }) => (mailed.get(email) ?? 0) - (accepted.get(email) ?? 0))
}

const send = async (
  keyflow: Installation,
  purchase: Purchase,
  accepted: Map<string, number>,
): Promise<void> => {
  await Promise.all(
    purchase.events.map(async ({ type, body }) => {
      const answer = await fetch(keyflow.webhookUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'stripe-signature': sign(body, keyflow.secret) },
        body,
      })
      await answer.arrayBuffer()
      if (answer.status !== 200) throw new Error(`ingest answered ${answer.status}`)
      if (type === DECISIVE) accepted.set(purchase.email, performance.now())
    }),
  )
}
