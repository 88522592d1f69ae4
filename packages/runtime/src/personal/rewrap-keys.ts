import { KeyflowError } from '../errors/classify.ts'
import type { RecordPublisher } from '../kafka/records.ts'
import type { Store } from '../mongo/client.ts'
import type { Logger } from '../telemetry/logger.ts'
import { findWrappedByOthers, masterIdsInUse, replaceWrapping } from './key-store.ts'
import type { MasterKeys } from './master-keys.ts'
import { toPersonalRecord } from './personal-record.ts'

export interface RewrapOptions {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly topic: string
  readonly masterKeys: MasterKeys
  readonly logger: Logger
}

const PAGE = 500

/** Throws when keys in the database need a master key that is not configured: their persons would seem to be nobody. */
export const assertMasterKeys = async ({ store, masterKeys }: RewrapOptions): Promise<void> => {
  const missing = (await masterIdsInUse(store)).filter((id) => !masterKeys.has(id))
  if (missing.length > 0)
    throw new KeyflowError(
      'invalid',
      'MASTER_KEY_MISSING',
      `PERSONAL_MASTER_KEYS lacks what keys in the database are wrapped with: ${missing.join(', ')}`,
    )
}

/**
 * Wraps every key with the current master key, in the database and on the topic; returns how many. Once it has run in
 * every service, an older master key may leave the configuration. Safe to run anywhere, at any time, twice.
 */
export const rewrapKeys = async (options: RewrapOptions): Promise<number> => {
  const { store, masterKeys } = options
  let rewrapped = 0
  for (;;) {
    const rows = await findWrappedByOthers(store, masterKeys.currentId, PAGE)
    for (const { _id: subject, keys } of rows)
      for (const old of keys) {
        if (old.masterId === masterKeys.currentId) continue
        const key = masterKeys.wrap(subject, old.keyId, masterKeys.unwrap(subject, old))
        if (old.shared)
          await options.publisher.publish(toPersonalRecord(options.topic, { kind: 'key', subject, ...key }))
        await replaceWrapping(store, subject, old, key)
        rewrapped += 1
      }
    if (rows.length < PAGE) break
  }
  if (rewrapped > 0)
    options.logger.info({ rewrapped, master: masterKeys.currentId }, 'personal.keys_rewrapped')
  return rewrapped
}
