import { describe, expect, it } from '@jest/globals'
import { createRegistry, type Logger } from '@keyflow/runtime'
import fc from 'fast-check'
import { eventOf, SECRET, signatureOf } from '../../test/signed-webhook.ts'
import { createFakeLog } from '../../test/start-ingest.ts'
import { createVerifier } from '../adapters/hmac-verifier.ts'
import { createIngestMetrics } from '../adapters/ingest-metrics.ts'
import { createReceiver } from './receive-webhook.ts'

const NOW = 1_790_000_001_000
const quiet = { info: () => {}, warn: () => {}, error: () => {} } as unknown as Logger
const endpoint = { name: 'default', mode: 'any', account: 'any', verify: createVerifier([SECRET]) } as const

const createReceive = () => {
  const { log, appended } = createFakeLog()
  const inHand = { requests: () => 0, bytes: () => 0 }
  const metrics = createIngestMetrics(createRegistry({ defaults: false }), ['default'], inHand)
  const receive = createReceiver({ log, metrics, clock: () => NOW, logger: quiet })
  const send = (body: Buffer, signature: string) =>
    receive({ endpoint, signature, body, source: () => 'other' })
  return { send, appended }
}

/** Events with any of their fields replaced by anything, and what is no event at all. */
const body = fc.oneof(
  fc
    .dictionary(
      fc.constantFrom('id', 'object', 'type', 'created', 'livemode', 'account', 'data'),
      fc.jsonValue(),
    )
    .map((replaced) => Buffer.from(JSON.stringify(eventOf(replaced)))),
  fc.record({ object: fc.jsonValue() }).map((data) => Buffer.from(JSON.stringify(eventOf({ data })))),
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
)

describe('whatever is signed', () => {
  it('is appended unchanged or answered with a reason: nothing that Stripe could send makes ingest fail', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        const { send, appended } = createReceive()
        const { outcome } = await send(bytes, signatureOf(bytes, { at: NOW / 1000 }))
        expect(['accepted', 'malformed', 'ignored']).toContain(outcome)
        expect(appended.map(({ value }) => value)).toEqual(outcome === 'accepted' ? [bytes] : [])
        for (const { key, headers } of appended)
          expect(Object.values({ key, ...headers }).every((value) => typeof value === 'string')).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('is refused when one bit of it changes on the way', async () => {
    const signed = Buffer.from(JSON.stringify(eventOf()))
    const signature = signatureOf(signed, { at: NOW / 1000 })
    await fc.assert(
      fc.asyncProperty(fc.nat(signed.length * 8 - 1), async (bit) => {
        const { send, appended } = createReceive()
        const changed = Buffer.from(signed)
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
        expect(await send(changed, signature)).toMatchObject({ outcome: 'sig_invalid' })
        expect(appended).toEqual([])
      }),
    )
  })
})
