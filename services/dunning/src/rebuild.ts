import { consumerGroup, DunningEvent, MailEvent, TOPICS } from '@keyflow/contracts'
import {
  type Compared,
  type IncomingRecord,
  jsonOf,
  type Logger,
  openRebuild,
  openReplacement,
  type RecordArchive,
} from '@keyflow/runtime'
import { Compile } from 'typebox/compile'
import { type CaseDigest, digestCases, findDifferentCases } from './adapters/case-digest.ts'
import { copyUnlogged, writeRecalled } from './adapters/recalled-cases.ts'
import { createCalendar } from './adapters/temporal-calendar.ts'
import { readShippedOr } from './app.ts'
import type { DunningConfig } from './config.ts'
import { reportNotice } from './domain/notice.ts'
import { type Recalled, recall } from './domain/step-memory.ts'
import { COLLECTIONS, EXPENDABLE_TOPICS, FOLDED_TOPICS } from './log-and-store.ts'
import { createApplyRecords } from './workers/apply-records.ts'
import { type DunningItem, decodeRecord } from './workers/decode-record.ts'

export interface DunningRebuildOrder {
  /** Name of the new database. */
  readonly into: string
  readonly archive?: RecordArchive
  readonly signal?: AbortSignal
  readonly onProgress?: (records: number) => void
}

export interface DunningRebuild {
  /** Folds what the log holds by now, and recalls from it what dunning did itself; gives how many records. */
  readonly fold: () => Promise<number>
  readonly compare: () => Promise<Compared<CaseDigest>>
  /** Puts it in force, with the service running or not; gives what was taken along that no log holds. */
  readonly switchOver: () => Promise<{ readonly copied: number }>
  readonly close: () => Promise<void>
}

const dunningEvent = Compile(DunningEvent)
const mailEvent = Compile(MailEvent)

const SILENT = { said: () => {}, acknowledged: () => {} }

/**
 * Builds dunning's database anew from the log. Facts, decisions and outcomes of mails are folded as ever; which steps were
 * taken, which mails were asked for, and the fence come from what dunning said itself (`dunning.events`).
 */
export const openDunningRebuild = async (
  config: DunningConfig,
  logger: Logger,
  order: DunningRebuildOrder,
): Promise<DunningRebuild> => {
  const topic = (name: string): string => `${config.topicPrefix}${name}`
  const calendar = createCalendar()
  const current = readShippedOr(config, calendar)
  const groupId = topic(consumerGroup('dunning'))
  const topics = FOLDED_TOPICS.map(topic)
  const rebuild = await openRebuild<DunningItem>({
    ...order,
    service: 'dunning',
    groupId,
    topics,
    expendable: EXPENDABLE_TOPICS.map(topic),
    config,
    collections: COLLECTIONS,
    decode: decodeRecord,
    apply: createApplyRecords({
      dunningTopic: topic(TOPICS.dunningEvents.name),
      rules: () => ({
        book: { current, retired: new Map() },
        calendar,
        accountZone: config.accountZone,
        paymentUrl: () => null,
      }),
      basketMs: config.basketMs,
      metrics: SILENT,
      wake: () => {},
    }),
    logger,
  })
  const replacement = await openReplacement(rebuild, {
    config,
    into: order.into,
    groupId,
    topics,
    digest: digestCases,
    isSame: (live, rebuilt) => live.state === rebuilt.state,
    findDifferent: findDifferentCases,
  })

  /** Each mail's outcomes come from the log once more: they may have been folded before their mail was known here. */
  const recallAll = async (): Promise<ReadonlyMap<string, Recalled>> => {
    const recalled = new Map<string, Recalled>()
    await rebuild.readAll(topic(TOPICS.dunningEvents.name), (records) => {
      for (const record of records) {
        const event = jsonOf(record)
        if (dunningEvent.Check(event)) recall(recalled, event, record.timestamp)
      }
    })
    const mails = mailsByNotice(recalled)
    await rebuild.readAll(topic(TOPICS.mailEvents.name), (records) => {
      for (const record of records) report(recalled, mails, record)
    })
    return recalled
  }

  const fold = async (): Promise<number> => {
    const records = await rebuild.fold()
    await writeRecalled(rebuild.store, await recallAll(), new Date())
    return records
  }

  return {
    fold,
    compare: replacement.compare,
    switchOver: async () => {
      let copied = 0
      await replacement.switchOver(async (retired) => {
        await fold()
        copied = await copyUnlogged(retired, rebuild.store)
      })
      return { copied }
    },
    close: replacement.close,
  }
}

/** Ids of mails -> cases that they spoke for. */
const mailsByNotice = (recalled: ReadonlyMap<string, Recalled>): ReadonlyMap<string, readonly string[]> => {
  const mails = new Map<string, string[]>()
  for (const { id, notices } of recalled.values())
    for (const notice of Object.keys(notices)) mails.set(notice, [...(mails.get(notice) ?? []), id])
  return mails
}

const report = (
  recalled: Map<string, Recalled>,
  mails: ReadonlyMap<string, readonly string[]>,
  record: IncomingRecord,
): void => {
  const event = jsonOf(record)
  if (!mailEvent.Check(event) || event.notice === null) return
  for (const id of mails.get(event.notice.key) ?? []) {
    const known = recalled.get(id)
    const notice = known?.notices[event.notice.key]
    if (known === undefined || notice === undefined) continue
    const reported = reportNotice(notice, event.type, Date.parse(event.at))
    recalled.set(id, {
      ...known,
      notices: { ...known.notices, [notice.id]: reported },
    })
  }
}
