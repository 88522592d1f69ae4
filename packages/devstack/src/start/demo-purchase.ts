import { LICENSE_EVENTS_TOPIC, TOPICS } from '@keyflow/contracts'
import { waitUntil } from '../processes/wait-until.ts'
import { keyInMail, readInbox } from './inbox-client.ts'
import type { SandboxClient } from './sandbox-client.ts'
import { type WatchedRecord, watchTopics } from './topic-watch.ts'

interface DemoPurchase {
  readonly sandbox: SandboxClient
  readonly brokers: readonly string[]
  readonly inboxUrl: string
  readonly say: (line: string) => void
}

const DEADLINE_MS = 30_000
const LOOK_EVERY_MS = 5

const isIssued = (text: string): boolean => {
  try {
    return (JSON.parse(text) as { type?: string }).type === 'license.issued'
  } catch {
    return false
  }
}

/** Buys one license in the sandbox and says what happens to it, in milliseconds since the buyer pressed "pay". */
export const demoPurchase = async ({ sandbox, brokers, inboxUrl, say }: DemoPurchase): Promise<void> => {
  const buyer = { name: 'Ada Lovelace', email: `ada+${Date.now().toString(36)}@example.com` }
  const watch = await watchTopics(brokers, [TOPICS.stripeEvents.name, LICENSE_EVENTS_TOPIC])
  try {
    const session = await sandbox.openCheckout()
    say(`Demo purchase: ${buyer.name} <${buyer.email}> buys Keyflow Pro, monthly`)
    const paidAt = Date.now()
    const milestone = (what: string, seenAt: number): void =>
      say(`  ${what.padEnd(20)} ${String(Math.max(0, seenAt - paidAt)).padStart(5)} ms`)
    const ids = await sandbox.payCheckout(session, buyer)
    milestone('checkout completed', Date.now())

    const record = async (what: string, fits: (record: WatchedRecord) => boolean): Promise<void> => {
      const mine = ({ text }: WatchedRecord): boolean => ids.some((id) => text.includes(`"${id}"`))
      const find = () => watch.records.find((seen) => mine(seen) && fits(seen))
      const { seenAt } = await waitUntil(find, { what, deadlineMs: DEADLINE_MS, everyMs: LOOK_EVERY_MS })
      milestone(what, seenAt)
    }
    await record('webhook accepted', ({ topic }) => topic === TOPICS.stripeEvents.name)
    await record('license issued', ({ topic, text }) => topic === LICENSE_EVENTS_TOPIC && isIssued(text))

    const keyMailed = async (): Promise<string | undefined> =>
      (await readInbox(inboxUrl, buyer.email)).flatMap((text) => keyInMail(text) ?? [])[0]
    const key = await waitUntil(keyMailed, {
      what: 'e-mail accepted',
      deadlineMs: DEADLINE_MS,
      everyMs: LOOK_EVERY_MS,
    })
    milestone('e-mail accepted', Date.now())
    say(`  license key          ${key}`)
  } finally {
    await watch.stop()
  }
}
