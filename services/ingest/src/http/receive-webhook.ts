import { failureCode, injectTrace, KeyflowError, type Logger, traceIdOf } from '@keyflow/runtime'
import type { EventLog } from '../adapters/event-log.ts'
import type { Verify } from '../adapters/hmac-verifier.ts'
import type { IngestMetrics, Source } from '../adapters/ingest-metrics.ts'
import { accepts, type Endpoint } from '../domain/endpoint.ts'
import { type Envelope, readEnvelope } from '../domain/envelope.ts'
import { recordHeaders, recordKey } from '../domain/event-record.ts'
import type { Outcome } from '../domain/outcome.ts'
import { judgeAge, parseSignatureHeader, type SignatureFailure } from '../domain/signature-header.ts'
import { parseJsonBody } from './json-body.ts'

export interface OpenEndpoint extends Pick<Endpoint, 'name' | 'mode' | 'account'> {
  readonly verify: Verify
}

export interface Webhook {
  readonly endpoint: OpenEndpoint
  readonly signature: string | undefined
  readonly body: Buffer
  readonly source: () => Source
}

export interface Receipt {
  readonly outcome: Outcome
  readonly livemode: 'true' | 'false' | 'unknown'
}

export interface ReceiverDependencies {
  readonly log: Pick<EventLog, 'append'>
  readonly metrics: IngestMetrics
  /** Unix milliseconds. */
  readonly clock: () => number
  readonly logger: Logger
}

/** Verifies, reads and appends one webhook whose body is complete. Total: whatever happens is an outcome. */
export const createReceiver = ({ log, metrics, clock, logger }: ReceiverDependencies) => {
  /** Unix seconds at which it was signed, or why that is not to be believed. */
  const authenticate = (webhook: Webhook, nowMs: number): number | SignatureFailure => {
    const header = parseSignatureHeader(webhook.signature)
    if (typeof header === 'string') return header
    const slot = webhook.endpoint.verify(header, webhook.body)
    if (slot < 0) return 'no_match'
    const untimely = judgeAge(header, nowMs / 1000)
    if (untimely !== undefined) return untimely
    metrics.secretMatched(webhook.endpoint.name, slot)
    return Number(header.timestamp)
  }

  const append = async (
    webhook: Webhook,
    envelope: Envelope,
    json: unknown,
    receivedAt: number,
  ): Promise<void> => {
    const arrival = { endpoint: webhook.endpoint.name, signature: webhook.signature ?? '', receivedAt }
    const started = performance.now()
    try {
      await log.append(recordKey(json), webhook.body, recordHeaders(envelope, json, arrival))
    } finally {
      metrics.published((performance.now() - started) / 1000)
    }
  }

  const receiveAuthentic = async (webhook: Webhook, signedAt: number, nowMs: number): Promise<Receipt> => {
    const endpoint = webhook.endpoint.name
    const json = parseJsonBody(webhook.body)
    const envelope = readEnvelope(json)
    if (envelope === undefined) {
      logger.warn({ endpoint, outcome: 'malformed', bytes: webhook.body.length }, 'webhook.received')
      return { outcome: 'malformed', livemode: 'unknown' }
    }
    const about = { endpoint, event_id: envelope.id, type: envelope.type }
    if (envelope.kind === 'thin') {
      logger.info({ ...about, outcome: 'ignored' }, 'webhook.received')
      return { outcome: 'ignored', livemode: 'unknown' }
    }
    metrics.arrived(signedAt, envelope.created, envelope.apiVersion, nowMs)
    const { account } = envelope.scope
    const livemode = envelope.scope.livemode ? 'true' : 'false'
    if (!accepts(webhook.endpoint, envelope.scope)) {
      logger.warn({ ...about, account, livemode, outcome: 'mode_mismatch' }, 'webhook.received')
      return { outcome: 'mode_mismatch', livemode }
    }
    try {
      await append(webhook, envelope, json, nowMs)
      const took_ms = clock() - nowMs
      const trace_id = traceIdOf(injectTrace())
      logger.info({ ...about, account, livemode, outcome: 'accepted', took_ms, trace_id }, 'webhook.received')
      return { outcome: 'accepted', livemode }
    } catch (error) {
      const outcome = outcomeOf(error)
      const line = { ...about, account, livemode, outcome, code: failureCode(error) }
      if (outcome === 'internal') logger.error({ ...line, err: error }, 'webhook.received')
      else logger.warn(line, 'webhook.received')
      return { outcome, livemode }
    }
  }

  return async (webhook: Webhook): Promise<Receipt> => {
    const nowMs = clock()
    const signedAt = authenticate(webhook, nowMs)
    if (typeof signedAt === 'number') return receiveAuthentic(webhook, signedAt, nowMs)
    // Not logged: whoever sent this is unknown, and must not be able to fill the disk.
    metrics.signatureFailed(webhook.endpoint.name, signedAt, webhook.source())
    return { outcome: 'sig_invalid', livemode: 'unknown' }
  }
}
export type Receive = ReturnType<typeof createReceiver>

const outcomeOf = (error: unknown): Outcome => {
  if (!(error instanceof KeyflowError) || error.kind !== 'transient') return 'internal'
  return error.code === 'OVERLOADED' ? 'overloaded' : 'publish_failed'
}
