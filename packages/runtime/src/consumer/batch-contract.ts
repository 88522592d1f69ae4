import type { ClientSession } from 'mongodb'
import type { IncomingRecord, RecordPublisher } from '../kafka/records.ts'
import type { Failpoint } from '../lifecycle/failpoints.ts'
import type { Store } from '../mongo/client.ts'
import type { OutboxEntry } from '../outbox/outbox.ts'
import type { PersonalVault } from '../personal/personal-vault.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { BatchMetrics } from './batch-metrics.ts'

/** What a record turned out to be. `id` is claimed: two records with one id are applied once. */
export type Decoded<T> =
  | { readonly kind: 'item'; readonly id: string; readonly item: T; readonly eventType: string }
  /** Of no use here. With an id it is claimed all the same: then the claims say of everything that it has arrived. */
  | { readonly kind: 'ignored'; readonly id?: string; readonly eventType: string }
  | { readonly kind: 'dead'; readonly code: string; readonly reason: string }

export interface BatchItem<T> {
  readonly id: string
  readonly item: T
  readonly record: IncomingRecord
  /** Trace headers for what this record causes, and when it began at Stripe. */
  readonly trace: IncomingRecord['headers']
}

export interface Transaction {
  readonly session: ClientSession
  readonly store: Store
  readonly now: Date
}

export interface Applied {
  readonly outbox: readonly OutboxEntry[]
  /** Ids of items that changed nothing. */
  readonly noops?: readonly string[]
  /** Runs after the commit, at most once for each item, before publication. What it throws is logged. */
  readonly afterCommit?: () => void
}

export interface BatchProcessorOptions<T> {
  readonly service: string
  readonly store: Store
  /** null: nothing ever leaves. Then no outbox row is written either (a rebuild). */
  readonly publisher: RecordPublisher | null
  /** Throws where the database must not be written to (any more), inside each transaction. */
  readonly assertStore?: (session: ClientSession) => Promise<void>
  readonly personal: PersonalVault
  readonly deadLetterTopic: string
  /** Pure and total. */
  readonly decode: (record: IncomingRecord) => Decoded<T>
  /**
   * Reads and writes through the session only: it runs again when the transaction is retried. The vault seals what is
   * personal; it works outside the transaction, and keys that it makes stay when this one is rolled back.
   */
  readonly apply: (
    items: readonly BatchItem<T>[],
    transaction: Transaction,
    personal: PersonalVault,
  ) => Promise<Applied>
  readonly metrics: BatchMetrics
  readonly logger: Logger
  /** The time at which these records are applied. */
  readonly clock: (records?: readonly IncomingRecord[]) => Date
  readonly failpoint: Failpoint
}
