import { TOPICS } from '@keyflow/contracts'
import { config as dunningConfig, openDunningRebuild } from '@keyflow/dunning/operator-tools'
import {
  archiveConfig,
  archiveOf,
  config as licensingConfig,
  openLicensingRebuild,
} from '@keyflow/licensing/operator-tools'
import type { Logger, RecordArchive } from '@keyflow/runtime'
import type { Session } from '../session/session.ts'

/** Services whose whole state is built anew from the log. */
export const REBUILT = ['licensing', 'dunning'] as const
export type RebuiltService = (typeof REBUILT)[number]

export interface RebuildOrder {
  readonly into: string
  readonly archive?: RecordArchive
  readonly signal: AbortSignal
  readonly onProgress: (records: number) => void
}

interface OpenRebuild {
  readonly fold: () => Promise<number>
  readonly compare: () => Promise<{
    readonly isSame: boolean
    readonly different: readonly string[]
    /** For --json. */
    readonly live: object | null
    readonly rebuilt: object
    /** What there is in each, e.g. licenses. */
    readonly counts: { readonly live: number; readonly rebuilt: number }
  }>
  /** For --json, and what to say of it. */
  readonly switchOver: () => Promise<{ readonly json: object; readonly says: string }>
  readonly close: () => Promise<void>
}

export interface RebuildTarget {
  readonly settings: { readonly mongodbUrl: string; readonly mongodbDatabase: string }
  /** What is compared: `licenses and keys`. */
  readonly what: string
  /** What is counted: `licenses`. */
  readonly unit: string
  readonly openArchive: () => Promise<RecordArchive>
  readonly open: (order: RebuildOrder) => Promise<OpenRebuild>
}

export const rebuildTarget = (service: RebuiltService, session: Session, logger: Logger): RebuildTarget =>
  service === 'licensing' ? licensing(session, logger) : dunning(session, logger)

const licensing = (session: Session, logger: Logger): RebuildTarget => {
  const settings = session.config(licensingConfig)
  return {
    settings,
    what: 'Licenses and keys',
    unit: 'licenses',
    openArchive: () => archiveOf(session.config(archiveConfig), logger),
    open: async (order) => {
      const rebuild = await openLicensingRebuild(settings, logger, order)
      return {
        ...rebuild,
        compare: async () => {
          const compared = await rebuild.compare()
          const { live, rebuilt } = compared
          return { ...compared, counts: { live: live?.licenses ?? 0, rebuilt: rebuilt.licenses } }
        },
        switchOver: async () => {
          const json = await rebuild.switchOver()
          return { json, says: `${json.toTell} changes had not been told and will be.` }
        },
      }
    },
  }
}

const dunning = (session: Session, logger: Logger): RebuildTarget => {
  const settings = session.config(dunningConfig)
  const archived = [TOPICS.stripeEvents.name, TOPICS.stripeSnapshots.name]
  return {
    settings,
    what: 'Cases and their fences',
    unit: 'cases',
    openArchive: () => archiveOf(session.config(archiveConfig), logger, archived),
    open: async (order) => {
      const rebuild = await openDunningRebuild(settings, logger, order)
      return {
        ...rebuild,
        compare: async () => {
          const compared = await rebuild.compare()
          const { live, rebuilt } = compared
          return { ...compared, counts: { live: live.cases, rebuilt: rebuilt.cases } }
        },
        switchOver: async () => {
          const json = await rebuild.switchOver()
          return {
            json,
            says: 'Every customer is looked at anew: what is due is done, nothing is done twice.',
          }
        },
      }
    },
  }
}
