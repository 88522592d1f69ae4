/**
 * Record headers: CloudEvents 1.0 in Kafka binary mode (the value stays untouched bytes).
 * Extension names are lower-case alphanumerics, as the CloudEvents specification demands.
 */
export const HEADER = {
  specVersion: 'ce_specversion',
  id: 'ce_id',
  source: 'ce_source',
  type: 'ce_type',
  subject: 'ce_subject',
  time: 'ce_time',
  contentType: 'content-type',
  /** Stripe account of the scope, or `platform`. */
  account: 'ce_account',
  /** `true` or `false`. */
  livemode: 'ce_livemode',
  /** Unix milliseconds at which ingest had read the whole request. */
  receivedAt: 'ce_receivedat',
  /** ISO 8601 UTC: when what began all this happened at Stripe; carried along like `receivedAt`. */
  occurredAt: 'ce_occurredat',
  apiVersion: 'ce_apiversion',
  /** Name of the ingest endpoint that accepted it. */
  endpoint: 'ce_endpoint',
  /** The whole Stripe-Signature header: with the value's bytes, proof of what Stripe signed. */
  signature: 'ce_signature',
  /** How it came: absent = as a signed webhook; `events_api` = fetched from Stripe's list of events, unsigned. */
  obtained: 'ce_obtained',
  traceparent: 'traceparent',
  tracestate: 'tracestate',
} as const

export const REDRIVE_HEADER = {
  /** On a record that is published again: `<topic>/<partition>/<offset>` of the one that was given up. */
  of: 'redrive-of',
} as const

/** Added by a consumer that gives a record up. */
export const DEAD_LETTER_HEADER = {
  code: 'dlq-code',
  reason: 'dlq-reason',
  service: 'dlq-service',
  at: 'dlq-at',
  /** `<topic>/<partition>/<offset>` */
  origin: 'dlq-origin',
} as const

/** Value of `HEADER.obtained` for an event that Stripe's API gave and no webhook brought. */
export const FROM_EVENTS_API = 'events_api'

export const STRIPE_TYPE_PREFIX = 'com.stripe.'
/** Snapshot records: `com.stripe.snapshot.<what>`, e.g. `com.stripe.snapshot.checkout_session_line_items`. */
export const SNAPSHOT_TYPE_PREFIX = 'com.stripe.snapshot.'
export const KEYFLOW_TYPE_PREFIX = 'io.keyflow.'

/** Header values as text; Kafka carries bytes, the adapter decodes them once. */
export type RecordHeaders = Readonly<Record<string, string>>
