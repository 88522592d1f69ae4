import { setTimeout as sleep } from 'node:timers/promises'
import { waitUntil } from '@keyflow/devstack'
import type { Installation } from '../../test/e2e/installation.ts'
import { createPurchase, DECISIVE, type Purchase, sign } from './purchases.ts'

/** Milliseconds from "webhook accepted" (the 200 for the event that decides) to "mail accepted" (the relay's 250). */
export const measureRate = async (
  keyflow: Installation,
  label: string,
  options: { readonly purchases: number; readonly perSecond: number },
): Promise<readonly number[]> => {
  const purchases = Array.from({ length: options.purchases }, (_, at) => createPurchase(`${label}${at}x`))
  const accepted = new Map<string, number>()
  const mailed = watchMails(keyflow)
  const started = performance.now()
  const sending: Promise<void>[] = []
  for (const [at, purchase] of purchases.entries()) {
    const due = started + (at * 1000) / options.perSecond
    const wait = due - performance.now()
    if (wait > 0) await sleep(wait)
    sending.push(send(keyflow, purchase, accepted))
  }
  await Promise.all(sending)
  await waitUntil(() => purchases.every(({ email }) => mailed.at.has(email)), {
    what: 'every mail',
    deadlineMs: 60_000,
    everyMs: 20,
  })
  mailed.stop()
  return purchases.map(({ email }) => (mailed.at.get(email) ?? 0) - (accepted.get(email) ?? 0))
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

/** When each recipient's first mail was taken over: the inbox tells by growing. */
const watchMails = (keyflow: Installation) => {
  const at = new Map<string, number>()
  const { accepted } = keyflow.inbox
  const push = accepted.push.bind(accepted)
  accepted.push = (...mails) => {
    for (const mail of mails) for (const to of mail.envelopeTo) if (!at.has(to)) at.set(to, performance.now())
    return push(...mails)
  }
  return {
    at,
    stop: () => {
      accepted.push = push
    },
  }
}
