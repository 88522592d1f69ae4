import { describe, expect, it } from '@jest/globals'
import { createRegistry, KeyflowError, type Logger } from '@keyflow/runtime'
import { eventOf, SECRET, signatureOf } from '../../test/signed-webhook.ts'
import { createFakeLog } from '../../test/start-ingest.ts'
import { createVerifier } from '../adapters/hmac-verifier.ts'
import { createIngestMetrics } from '../adapters/ingest-metrics.ts'
import { createReceiver } from './receive-webhook.ts'

const NOW = 1_790_000_001_000

const receiverWith = (answer?: () => Promise<void>) => {
  const lines: { readonly level: string; readonly event: string; readonly fields: object }[] = []
  const at = (level: string) => (fields: object, event: string) => lines.push({ level, event, fields })
  const logger = { info: at('info'), warn: at('warn'), error: at('error') } as unknown as Logger
  const inHand = { requests: () => 0, bytes: () => 0 }
  const metrics = createIngestMetrics(createRegistry({ defaults: false }), ['default'], inHand)
  const { log } = createFakeLog(answer)
  const receive = createReceiver({ log, metrics, clock: () => NOW, logger })
  const endpoint = { name: 'default', mode: 'any', account: 'any', verify: createVerifier([SECRET]) } as const
  const send = (body: string, signature: string | undefined = signatureOf(body, { at: NOW / 1000 })) =>
    receive({ endpoint, signature, body: Buffer.from(body), source: () => 'other' })
  return { send, lines }
}

const personal = eventOf({
  data: { object: { id: 'cus_1', object: 'customer', email: 'ada@example.com', name: 'Ada Lovelace' } },
})

describe('the log of webhooks', () => {
  it('has one line for each authentic webhook: ids and the outcome, nothing personal', async () => {
    const { send, lines } = receiverWith()
    await send(JSON.stringify(personal))
    expect(lines).toEqual([
      {
        level: 'info',
        event: 'webhook.received',
        fields: {
          endpoint: 'default',
          event_id: 'evt_1',
          type: 'customer.subscription.updated',
          account: 'platform',
          livemode: 'false',
          outcome: 'accepted',
          took_ms: 0,
          trace_id: undefined,
        },
      },
    ])
  })

  it('says why an event could not be appended', async () => {
    const away = new KeyflowError('transient', 'KAFKA_TIMEOUT', 'no answer')
    const { send, lines } = receiverWith(() => Promise.reject(away))
    expect(await send(JSON.stringify(personal))).toEqual({ outcome: 'publish_failed', livemode: 'false' })
    expect(lines).toMatchObject([
      { level: 'warn', fields: { outcome: 'publish_failed', code: 'KAFKA_TIMEOUT' } },
    ])
  })

  it('holds nothing of a request whose signature does not hold', async () => {
    const { send, lines } = receiverWith()
    expect(await send(JSON.stringify(personal), 't=1,v1=00')).toMatchObject({ outcome: 'sig_invalid' })
    expect(lines).toEqual([])
  })
})
