import { LicenseEvent } from '@keyflow/contracts'
import {
  type IncomingRecord,
  insertOutbox,
  inTransaction,
  type OutboxEntry,
  type Store,
} from '@keyflow/runtime'
import { Compile } from 'typebox/compile'
import { licensePages, raiseVersions } from '../../adapters/mongo-handover.ts'
import { dropTold, findTold, keepTold, type ToldLicense } from '../../adapters/mongo-told-licenses.ts'
import { type Change, stillToTell } from '../../domain/diff.ts'
import type { License } from '../../domain/license.ts'

const licenseEvent = Compile(LicenseEvent)
const PAGE = 500

export interface Aligned {
  readonly licenses: number
  /** Changes that the world has not heard of: they are in the outbox now. */
  readonly toTell: number
}

export interface AlignOptions {
  readonly store: Store
  /** Reads all that was ever told of licenses. */
  readonly readTold: (handle: (records: readonly IncomingRecord[]) => void) => Promise<void>
  readonly toEntry: (license: License, change: Change, now: Date) => Promise<OutboxEntry>
  readonly now: Date
}

/**
 * A rebuild tells nobody anything. So before it is put in force it is compared with what the world has been told: versions
 * go on behind the last one told, and what was never told (the process died, or its outbox was lost with the database)
 * is put into the outbox. Nothing is told twice, nothing is left untold.
 */
export const alignWithTold = async (options: AlignOptions): Promise<Aligned> => {
  const { store } = options
  const writes: Promise<void>[] = []
  await options.readTold((records) => {
    writes.push(keepTold(store, newestOf(records.flatMap(readTold))))
  })
  await Promise.all(writes)
  let licenses = 0
  let toTell = 0
  for await (const page of licensePages(store, PAGE)) {
    licenses += page.length
    toTell += await alignPage(options, page)
  }
  await dropTold(store)
  return { licenses, toTell }
}

const alignPage = async (
  { store, toEntry, now }: AlignOptions,
  page: readonly License[],
): Promise<number> => {
  const told = await findTold(
    store,
    page.map(({ id }) => id),
  )
  const versions = new Map<string, number>()
  const entries: OutboxEntry[] = []
  for (const license of page) {
    const last = told.get(license.id)
    const change = stillToTell(
      last === undefined ? undefined : { after: last.after, at: Math.floor(last.at / 1000) },
      license,
      Math.floor(now.getTime() / 1000),
    )
    const version = Math.max(license.version, (last?.version ?? 0) + (change === null ? 0 : 1))
    if (version !== license.version) versions.set(license.id, version)
    if (change !== null) entries.push(await toEntry({ ...license, version }, change, now))
  }
  await raiseVersions(store, versions)
  if (entries.length > 0) await inTransaction(store, (session) => insertOutbox(store, session, entries, now))
  return entries.length
}

const newestOf = (told: readonly ToldLicense[]): readonly ToldLicense[] => {
  const newest = new Map<string, ToldLicense>()
  for (const one of told)
    if (one.version > (newest.get(one.licenseId)?.version ?? -1)) newest.set(one.licenseId, one)
  return [...newest.values()]
}

const readTold = ({ value }: IncomingRecord): readonly ToldLicense[] => {
  try {
    const event: unknown = JSON.parse(new TextDecoder().decode(value ?? new Uint8Array()))
    if (!isTold(event)) return []
    const { licenseId, licenseVersion: version, after } = event
    return [{ licenseId, version, at: Date.parse(event.at), after }]
  } catch {
    return []
  }
}

/** An event of an older version may lack what was added since. */
const isTold = (event: unknown): event is LicenseEvent =>
  licenseEvent.Check(event) ||
  (typeof event === 'object' &&
    event !== null &&
    'licenseId' in event &&
    'licenseVersion' in event &&
    'after' in event &&
    'at' in event)
