import type { CollectionSpec, Logger, Store } from '@keyflow/runtime'
import { createSigningCrypto } from './adapters/jose-signing-keys.ts'
import { ENDORSEMENTS } from './adapters/keyset-endorsement.ts'
import { HEARTBEATS } from './adapters/mongo-heartbeats.ts'
import { REVOCATION_EPOCH, REVOCATIONS } from './adapters/mongo-revocations.ts'
import { SIGNING_KEYS } from './adapters/mongo-signing-keys.ts'
import { addUsage, readUsage, USAGE } from './adapters/mongo-usage.ts'
import type { LicensingConfig } from './config.ts'
import type { LicensingMetrics } from './licensing-metrics.ts'
import { startCountingUsage } from './workers/count-usage.ts'
import { startRevocationFeed } from './workers/revocation-feed.ts'
import { startSigningKeys } from './workers/signing-keys.ts'

export const VALIDATION_COLLECTIONS: readonly CollectionSpec[] = [
  USAGE,
  HEARTBEATS,
  SIGNING_KEYS,
  ENDORSEMENTS,
  REVOCATIONS,
  REVOCATION_EPOCH,
]

/** What validation keeps running beside its routes: counted usage, the signing keys, the revocation feed. */
export const openValidation = async (options: {
  readonly config: LicensingConfig
  readonly store: Store
  readonly metrics: Pick<LicensingMetrics, 'uncounted'>
  readonly logger: Logger
  readonly clock: () => Date
}) => {
  const { config, store, metrics, logger, clock } = options
  const signing = await startSigningKeys({
    store,
    crypto: createSigningCrypto(config.issuerSecret),
    rootKey: config.signingRootKey,
    logger,
    clock,
  })
  const revocations = await startRevocationFeed({ store, signing, issuer: config.leaseIssuer, logger, clock })
  const usage = startCountingUsage({
    store: {
      add: (increments) => addUsage(store, increments),
      read: (ids, month) => readUsage(store, ids, month),
    },
    logger,
    onDropped: metrics.uncounted,
  })
  return {
    services: { signing, revocations, usage },
    stop: async (): Promise<void> => {
      await Promise.all([usage.stop(), revocations.stop(), signing.stop()])
    },
  }
}
