/** Every topic of the product, with what `kafka-topics` must be told to create it. */
export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  /** Milliseconds; -1 keeps records for ever. */
  readonly retentionMs: number
  readonly maxMessageBytes: number
  /** Compacted: of each key the newest record stays for ever, and older ones are gone after this many milliseconds. */
  readonly compactWithinMs?: number
  readonly doc: string
}

const DAY = 86_400_000

/** Larger than the webhook body cap (1 MiB) plus headers: a record that ingest accepts must fit. */
const RAW_MAX_BYTES = 2 * 1024 * 1024

/** A dead letter must fit for the largest record of any topic: sealed it is up to twice as long, and headers say why. */
const DEAD_LETTER_ROOM = 64 * 1024

export const TOPICS = {
  stripeEvents: {
    name: 'stripe.events',
    partitions: 12,
    retentionMs: 35 * DAY,
    maxMessageBytes: RAW_MAX_BYTES,
    doc: "The bytes that Stripe signed, unchanged; keyed by customer. Stripe's event attributes ride in headers.",
  },
  stripeSnapshots: {
    name: 'stripe.snapshots',
    partitions: 12,
    retentionMs: 35 * DAY,
    maxMessageBytes: RAW_MAX_BYTES,
    doc: "Answers that Keyflow asked Stripe's API for, appended before they are folded; keyed like stripe.events.",
  },
  licenseEvents: {
    name: 'license.events',
    partitions: 12,
    retentionMs: -1,
    maxMessageBytes: RAW_MAX_BYTES,
    doc: 'What happened to licenses, each with before and after; keyed by customer.',
  },
  licenseOperations: {
    name: 'license.operations',
    partitions: 12,
    retentionMs: -1,
    maxMessageBytes: RAW_MAX_BYTES,
    doc: 'What operators decided about licenses, with actor and reason; keyed like the ledger.',
  },
  licenseActivations: {
    name: 'license.activations',
    partitions: 12,
    retentionMs: -1,
    maxMessageBytes: RAW_MAX_BYTES,
    doc: 'Where licenses began and ceased to be used: domains and machines; keyed by license.',
  },
  catalogVersions: {
    name: 'catalog.versions',
    // One key, hence one partition: the order of the records is the order of the versions.
    partitions: 1,
    retentionMs: -1,
    maxMessageBytes: RAW_MAX_BYTES,
    doc: 'Every version of the catalog that was ever in force, with who changed it and why.',
  },
  dunningEvents: {
    name: 'dunning.events',
    partitions: 12,
    retentionMs: -1,
    maxMessageBytes: RAW_MAX_BYTES,
    doc: 'Dunning cases opened and closed, notices and restrictions; keyed by customer.',
  },
  dunningOperations: {
    name: 'dunning.operations',
    partitions: 12,
    retentionMs: -1,
    maxMessageBytes: RAW_MAX_BYTES,
    doc: 'What operators decided about dunning cases, with actor and reason; keyed by customer.',
  },
  mailEvents: {
    name: 'mail.events',
    partitions: 12,
    retentionMs: -1,
    maxMessageBytes: RAW_MAX_BYTES,
    doc: 'What became of mails that somebody waits for: accepted, bounced, dropped; keyed by customer.',
  },
  personalKeys: {
    name: 'keyflow.personal-keys',
    partitions: 6,
    retentionMs: -1,
    compactWithinMs: 7 * DAY,
    maxMessageBytes: 64 * 1024,
    doc: 'Wrapped data keys of persons, and who was erased; compacted. Whoever reads it without the master key reads nothing.',
  },
  licenseAcks: {
    name: 'license.acks',
    partitions: 12,
    retentionMs: 35 * DAY,
    maxMessageBytes: RAW_MAX_BYTES,
    doc: 'Which restriction of a dunning case licensing has applied, by its fence; keyed by customer.',
  },
  webhookEndpoints: {
    name: 'webhooks.endpoints',
    partitions: 3,
    retentionMs: -1,
    compactWithinMs: 7 * DAY,
    maxMessageBytes: 64 * 1024,
    doc: 'Where license events are told, as operators want it; secrets wrapped; compacted, keyed by endpoint.',
  },
  deadLetters: {
    name: 'keyflow.dead-letters',
    partitions: 3,
    retentionMs: 90 * DAY,
    maxMessageBytes: 2 * RAW_MAX_BYTES + DEAD_LETTER_ROOM,
    doc: 'Records that a consumer could not apply: original key and headers, the value sealed, plus dlq-* headers.',
  },
} as const satisfies Record<string, TopicSpec>

export const ALL_TOPICS: readonly TopicSpec[] = Object.values(TOPICS)

/** Consumer group of a service, e.g. `keyflow.licensing`. */
export const consumerGroup = (service: 'licensing' | 'dunning' | 'notifier' | 'outbound'): string =>
  `keyflow.${service}`

/** Settings of a topic as Kafka names them. */
export const topicSettings = (topic: TopicSpec): Readonly<Record<string, string>> => ({
  'retention.ms': String(topic.retentionMs),
  'max.message.bytes': String(topic.maxMessageBytes),
  ...(topic.compactWithinMs === undefined
    ? {}
    : {
        'cleanup.policy': 'compact',
        'max.compaction.lag.ms': String(topic.compactWithinMs),
        // A segment that is still written to is never compacted: it must be closed in time.
        'segment.ms': String(Math.ceil(topic.compactWithinMs / 7)),
      }),
})
