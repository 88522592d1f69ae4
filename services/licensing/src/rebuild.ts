import { consumerGroup, TOPICS } from '@keyflow/contracts'
import {
  type Compared,
  type Logger,
  openRebuild,
  openReplacement,
  type Rebuild,
  type RecordArchive,
  type Store,
} from '@keyflow/runtime'
import { loadCatalogFile } from './adapters/catalog-file.ts'
import { createLicenseKeys } from './adapters/crypto-license-keys.ts'
import { createKeyTransport } from './adapters/jose-key-transport.ts'
import { copyUnlogged } from './adapters/mongo-handover.ts'
import { digestState, findDifferences, type StateDigest } from './adapters/state-digest.ts'
import { identifyLicense } from './adapters/uuid-license-id.ts'
import { EXAMPLE_CATALOG, policyOf } from './app.ts'
import type { LicensingConfig } from './config.ts'
import { type CatalogVersion, startHistory } from './domain/catalog-history.ts'
import { COLLECTIONS, FOLDED_TOPICS } from './log-and-store.ts'
import { createApplyFacts } from './workers/apply-facts.ts'
import { readVersions } from './workers/catalog-log.ts'
import { decodeRecord } from './workers/decode-record.ts'
import type { FactItem } from './workers/fold-ledgers.ts'
import { toLicenseEntry } from './workers/license-entry.ts'
import { type Aligned, alignWithTold } from './workers/rebuild/align-told.ts'
import type { SettleDeps } from './workers/settle-ledgers.ts'

export interface RebuildOrder {
  /** Name of the new database. */
  readonly into: string
  readonly archive?: RecordArchive
  readonly signal?: AbortSignal
  readonly onProgress?: (records: number) => void
}

export interface LicensingRebuild {
  /** Folds what the log holds by now; gives how many records. */
  readonly fold: () => Promise<number>
  readonly compare: () => Promise<Compared<StateDigest>>
  /** Puts it in force, with services running or not. */
  readonly switchOver: () => Promise<Aligned & { readonly copied: number }>
  readonly store: Store
  readonly close: () => Promise<void>
}

const SILENT: SettleDeps['metrics'] = {
  change: () => {},
  reviewsOpened: () => {},
  tied: () => {},
  stale: () => {},
}

/** Builds licensing's database anew from the log and the issuer secret, beside the one in force. */
export const openLicensingRebuild = async (
  config: LicensingConfig,
  logger: Logger,
  order: RebuildOrder,
): Promise<LicensingRebuild> => {
  const topic = (name: string): string => `${config.topicPrefix}${name}`
  const first = loadCatalogFile(config.catalogFile === '' ? EXAMPLE_CATALOG : config.catalogFile)
  let versions: readonly CatalogVersion[] = []
  const keys = createLicenseKeys(config.issuerSecret)
  const transport = createKeyTransport(config.keyTransportSecrets[0])
  const licenseTopic = topic(TOPICS.licenseEvents.name)
  const groupId = topic(consumerGroup('licensing'))
  const topics = FOLDED_TOPICS.map(topic)
  const policy = policyOf(config)
  const settle: SettleDeps = {
    rules: () => {
      const [oldest, ...rest] = versions
      return {
        catalogs: oldest === undefined ? startHistory(first) : [oldest, ...rest],
        policy,
        identify: identifyLicense,
      }
    },
    keys,
    transport,
    licenseTopic,
    acksTopic: topic(TOPICS.licenseAcks.name),
    metrics: SILENT,
    wakeSnapshots: () => {},
  }
  const rebuild: Rebuild = await openRebuild<FactItem>({
    ...order,
    service: 'licensing',
    groupId,
    topics,
    config,
    collections: COLLECTIONS,
    decode: decodeRecord,
    apply: createApplyFacts(settle),
    logger,
  })
  const replacement = await openReplacement(rebuild, {
    config,
    into: order.into,
    groupId,
    topics,
    digest: digestState,
    isSame: (live, rebuilt) => live.state === rebuilt.state && live.keys === rebuilt.keys,
    findDifferent: findDifferences,
  })

  const fold = async (): Promise<number> => {
    versions = []
    await rebuild.readAll(topic(TOPICS.catalogVersions.name), (records) => {
      versions = readVersions(versions, records)
    })
    return rebuild.fold()
  }

  const align = (): Promise<Aligned> =>
    alignWithTold({
      store: rebuild.store,
      readTold: (handle) => rebuild.readAll(licenseTopic, handle),
      toEntry: (license, change, now) =>
        toLicenseEntry(
          settle,
          { ledger: { id: license.ledger }, causes: ['rebuild'], headers: {} },
          license,
          change,
          now,
        ),
      now: new Date(),
    })

  return {
    fold,
    compare: replacement.compare,
    switchOver: async () => {
      let aligned: Aligned = { licenses: 0, toTell: 0 }
      let copied = 0
      await replacement.switchOver(async (retired) => {
        await fold()
        copied = await copyUnlogged(retired, rebuild.store)
        aligned = await align()
      })
      return { ...aligned, copied }
    },
    store: rebuild.store,
    close: replacement.close,
  }
}
