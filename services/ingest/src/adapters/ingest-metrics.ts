import { Counter, Gauge, Histogram, injectTrace, observeTraced, type Registry } from '@keyflow/runtime'
import { COUNTED_OUTCOMES, type CountedOutcome } from '../domain/outcome.ts'
import { SIGNATURE_FAILURES, type SignatureFailure } from '../domain/signature-header.ts'

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10]
/** From "at once" to the third day of redelivery. */
const DELAY_SECONDS = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 21_600, 86_400, 259_200]
const SOURCES = ['stripe', 'other'] as const
const SLOTS = ['current', 'previous'] as const
const LIVEMODES = ['true', 'false', 'unknown'] as const

export type Source = (typeof SOURCES)[number]
export type Livemode = (typeof LIVEMODES)[number]

export interface InHand {
  readonly requests: () => number
  readonly bytes: () => number
}

/** API versions that are counted apart: a label must not grow with what senders write. */
const MOST_VERSIONS = 20

/** Weight of the newest sample of the clock skew. */
const SKEW_WEIGHT = 0.1

/** What ingest reports. Label sets are closed and initialized to 0, so that the first failure is an increase. */
export const createIngestMetrics = (registry: Registry, endpoints: readonly string[], inHand: InHand) => {
  const registers = [registry]
  const requests = new Counter({
    name: 'keyflow_webhook_requests_total',
    help: 'Webhook requests by how they ended.',
    labelNames: ['endpoint', 'livemode', 'outcome'],
    registers,
  })
  const duration = new Histogram({
    name: 'keyflow_webhook_request_duration_seconds',
    help: 'From the request head to the answer.',
    labelNames: ['outcome'],
    buckets: SECONDS,
    enableExemplars: true,
    registers,
  })
  const publishing = new Histogram({
    name: 'keyflow_kafka_publish_duration_seconds',
    help: 'From handing a record over to its acknowledgment, or to giving up.',
    buckets: SECONDS,
    registers,
  })
  const failures = new Counter({
    name: 'keyflow_signature_failures_total',
    help: 'Signatures that did not hold; source tells an address of Stripe from a stranger.',
    labelNames: ['endpoint', 'reason', 'source'],
    registers,
  })
  const matches = new Counter({
    name: 'keyflow_signature_secret_matches_total',
    help: 'Which secret signed: when "previous" stands still, the old one may be dropped.',
    labelNames: ['endpoint', 'slot'],
    registers,
  })
  const versions = new Counter({
    name: 'keyflow_events_by_api_version_total',
    help: 'Authentic events by the API version that they were written in; "other" beyond the first twenty.',
    labelNames: ['api_version'],
    registers,
  })
  const knownVersions = new Set<string>()
  let averageSkew = 0
  new Gauge({
    name: 'keyflow_clock_skew_seconds',
    help: 'Receive time minus signing time of authentic webhooks, moving average.',
    registers,
    collect() {
      this.set(averageSkew)
    },
  })
  const delay = new Histogram({
    name: 'keyflow_event_delay_seconds',
    help: 'From the creation of an event at Stripe to its arrival here: their side, or a redelivery.',
    buckets: DELAY_SECONDS,
    registers,
  })
  new Gauge({
    name: 'keyflow_webhook_requests_in_flight',
    help: 'Webhook requests in hand.',
    registers,
    collect() {
      this.set(inHand.requests())
    },
  })
  new Gauge({
    name: 'keyflow_webhook_bytes_in_flight',
    help: 'Bytes of webhook bodies in hand.',
    registers,
    collect() {
      this.set(inHand.bytes())
    },
  })

  for (const outcome of COUNTED_OUTCOMES) duration.zero({ outcome })
  for (const endpoint of endpoints) {
    for (const slot of SLOTS) matches.inc({ endpoint, slot }, 0)
    for (const livemode of LIVEMODES)
      for (const outcome of COUNTED_OUTCOMES) requests.inc({ endpoint, livemode, outcome }, 0)
    for (const reason of SIGNATURE_FAILURES)
      for (const source of SOURCES) failures.inc({ endpoint, reason, source }, 0)
  }
  return {
    answered: (endpoint: string, livemode: Livemode, outcome: CountedOutcome, seconds: number): void => {
      requests.inc({ endpoint, livemode, outcome })
      observeTraced(duration, { outcome }, seconds, injectTrace())
    },
    published: (seconds: number): void => publishing.observe(seconds),
    signatureFailed: (endpoint: string, reason: SignatureFailure, source: Source): void =>
      failures.inc({ endpoint, reason, source }),
    secretMatched: (endpoint: string, slot: number): void =>
      matches.inc({ endpoint, slot: slot === 0 ? 'current' : 'previous' }),
    arrived: (signedAt: number, createdAt: number, apiVersion: string | null, nowMs: number): void => {
      const sample = nowMs / 1000 - signedAt
      const version = apiVersion ?? 'none'
      if (knownVersions.size < MOST_VERSIONS) knownVersions.add(version)
      versions.inc({ api_version: knownVersions.has(version) ? version : 'other' })
      averageSkew += SKEW_WEIGHT * (sample - averageSkew)
      delay.observe(Math.max(0, nowMs / 1000 - createdAt))
    },
  }
}
export type IngestMetrics = ReturnType<typeof createIngestMetrics>
