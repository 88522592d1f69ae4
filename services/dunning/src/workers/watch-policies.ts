import { delay, failureCode, type Logger } from '@keyflow/runtime'
import type { PolicyReading } from '../adapters/policy-file.ts'
import type { PinnedPolicy, Policy } from '../domain/policy.ts'

export interface PolicyWatchOptions {
  /** Reads the file and what is wrong with it. Throws when there is none. */
  readonly read: () => PolicyReading
  /** What is in force at the start. */
  readonly current: readonly PinnedPolicy[]
  readonly keep: (policies: readonly PinnedPolicy[]) => Promise<void>
  /** Everything that cases ever began under, by hash. */
  readonly loadKept: () => Promise<ReadonlyMap<string, Policy>>
  readonly adopt: (book: {
    readonly current: readonly PinnedPolicy[]
    readonly retired: ReadonlyMap<string, Policy>
  }) => void
  readonly logger: Logger
}

const hashesOf = (policies: readonly PinnedPolicy[]): string => policies.map(({ hash }) => hash).join(' ')

/**
 * Looks whether the file of policies has changed. What is new is kept at one look and in force from the next one: by then every
 * replica, which looks as often, can read a case that began under it. A file with errors changes nothing.
 */
export const createPolicyWatch = (options: PolicyWatchOptions) => {
  const { logger } = options
  let current = options.current
  let kept = ''
  let complaint = ''

  return async (): Promise<void> => {
    const { policies, findings } = options.read()
    if (policies === null) {
      const errors = findings.filter(({ severity }) => severity === 'error')
      const said = JSON.stringify(errors)
      if (said !== complaint) logger.error({ errors }, 'policies.refused')
      complaint = said
      return
    }
    complaint = ''
    const hashes = hashesOf(policies)
    if (hashes !== hashesOf(current)) {
      if (hashes !== kept) {
        await options.keep(policies)
        kept = hashes
      } else {
        current = policies
        logger.info({ policies: policies.map(({ policy }) => policy.id) }, 'policies.adopted')
      }
    }
    options.adopt({ current, retired: await options.loadKept() })
  }
}

/** Looks every so often until it is stopped. */
export const watchPolicies = (options: PolicyWatchOptions & { readonly everyMs: number }) => {
  const stopping = new AbortController()
  const look = createPolicyWatch(options)
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(options.everyMs, stopping.signal)
      if (!stopping.signal.aborted)
        await look().catch((error: unknown) =>
          options.logger.warn({ code: failureCode(error), err: error }, 'policies.unread'),
        )
    }
  }
  const running = loop()
  return {
    stop: async (): Promise<void> => {
      stopping.abort()
      await running
    },
  }
}
