import { HOUR, MINUTE } from './pace.ts'

/** Everything that somebody may want to turn. Expressions and the texts that people read are both made from these. */
export const THRESHOLDS = {
  delivery: {
    /** The floor: this share of authentic webhooks must be acknowledged. */
    floor: 0.99,
    /** Our own objective, by first attempts. */
    objective: 0.999,
    /** Failures that a ratio needs before it is believed. */
    fewestFailures: 3,
    /** Requests in six hours below which ratios say little, and every failure is told. */
    littleTraffic: 100,
    undeliveredFor: 15 * MINUTE,
    silentFor: 10 * MINUTE,
    /** Webhooks of the same hour last week that make silence suspicious. */
    usualTraffic: 10,
    spikeFactor: 5,
    /** Webhooks per second below which no spike is one. */
    spikeFloor: 1,
  },
  processing: { seconds: 5, slowShare: 0.01, slowFor: 5 * MINUTE, stuckFor: 2 * MINUTE, fewestSlow: 3 },
  provisioning: { seconds: 5, objective: 0.995, fewestSlow: 3 },
  outbox: { seconds: 60, for: 2 * MINUTE },
  leak: { window: 30 * MINUTE, settle: 5 * MINUTE, for: 15 * MINUTE, fewest: 1, skewSeconds: 30 },
  signatures: { clockSeconds: 60, window: 5 * MINUTE },
  duplicates: { share: 0.05, fewestWebhooks: 20, for: 10 * MINUTE },
  reconcile: { staleSeconds: 30 * MINUTE, staleFor: 30 * MINUTE, missingFor: 15 * MINUTE, overFor: HOUR },
  dunning: { lateSeconds: 15 * MINUTE, unackedFor: MINUTE, harmFor: MINUTE },
  mail: {
    unknownFor: HOUR,
    queueSeconds: 5 * MINUTE,
    bounceShare: 0.02,
    complaintShare: 0.001,
    fewestMails: 50,
    heldFor: 5 * MINUTE,
  },
  outbound: { lateSeconds: 15 * MINUTE },
} as const
