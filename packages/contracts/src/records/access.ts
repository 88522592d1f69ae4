import { TOPICS } from './topics.ts'

/** What a service may do with topics, and nothing else: by it the brokers' access lists are made. */
export interface TopicAccess {
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  /** Of its consumer group, and of what begins with it and a dot (one replica's own). */
  readonly group: string | null
}

const {
  stripeEvents,
  stripeSnapshots,
  licenseEvents,
  licenseOperations,
  licenseActivations,
  licenseAcks,
  catalogVersions,
  dunningEvents,
  dunningOperations,
  mailEvents,
  personalKeys,
  webhookEndpoints,
  deadLetters,
} = TOPICS

const names = (...topics: readonly { readonly name: string }[]): readonly string[] =>
  topics.map(({ name }) => name)

export const SERVICE_ACCESS = {
  ingest: { reads: [], writes: names(stripeEvents), group: null },
  licensing: {
    reads: names(
      stripeEvents,
      stripeSnapshots,
      dunningEvents,
      licenseOperations,
      licenseActivations,
      catalogVersions,
      personalKeys,
      // A rebuild compares itself with what the world was told.
      licenseEvents,
    ),
    // stripe.events too: the reconciler appends what Stripe could not deliver.
    writes: names(
      stripeEvents,
      stripeSnapshots,
      licenseEvents,
      licenseOperations,
      licenseActivations,
      licenseAcks,
      catalogVersions,
      personalKeys,
      deadLetters,
    ),
    group: 'keyflow.licensing',
  },
  dunning: {
    reads: names(
      stripeEvents,
      stripeSnapshots,
      licenseEvents,
      licenseAcks,
      mailEvents,
      dunningOperations,
      personalKeys,
      // A rebuild recalls what dunning did from what it said.
      dunningEvents,
    ),
    writes: names(stripeSnapshots, dunningEvents, dunningOperations, personalKeys, deadLetters),
    group: 'keyflow.dunning',
  },
  notifier: {
    reads: names(
      stripeEvents,
      stripeSnapshots,
      licenseEvents,
      licenseOperations,
      dunningEvents,
      personalKeys,
    ),
    writes: names(mailEvents, personalKeys, deadLetters),
    group: 'keyflow.notifier',
  },
  outbound: {
    reads: names(licenseEvents, webhookEndpoints, personalKeys),
    writes: names(webhookEndpoints, personalKeys, deadLetters),
    group: 'keyflow.outbound',
  },
} as const satisfies Record<string, TopicAccess>

export type AccessName = keyof typeof SERVICE_ACCESS
export const ACCESS_NAMES = Object.keys(SERVICE_ACCESS) as readonly AccessName[]
