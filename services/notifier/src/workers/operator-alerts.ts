import { failureCode, type Logger, type PostAlert } from '@keyflow/runtime'

export const ALERT_KINDS = ['unknown', 'failed', 'bounced', 'complained', 'suppressed'] as const
export type AlertKind = (typeof ALERT_KINDS)[number]
export type AlertCounts = Readonly<Record<AlertKind, number>>

export interface OperatorAlerts {
  readonly note: (kind: AlertKind) => void
  /** Tells what is left. */
  readonly stop: () => Promise<void>
}

const NONE: AlertCounts = { unknown: 0, failed: 0, bounced: 0, complained: 0, suppressed: 0 }

/** Gathers what wants a person for a moment and tells it once: numbers and no names. A channel that fails costs nothing else. */
export const createOperatorAlerts = (options: {
  /** Null = nobody listens. */
  readonly post: PostAlert | null
  readonly product: string
  readonly gatherMs: number
  readonly logger: Logger
}): OperatorAlerts => {
  let counts = NONE
  let timer: NodeJS.Timeout | undefined

  const tell = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const told = counts
    counts = NONE
    const parts = ALERT_KINDS.filter((kind) => told[kind] > 0).map((kind) => `${told[kind]} ${kind}`)
    if (parts.length === 0 || options.post === null) return
    try {
      await options.post(`${options.product} mail: ${parts.join(', ')}. See \`keyflow mail list\`.`)
    } catch (error) {
      options.logger.warn({ code: failureCode(error), ...told }, 'mail.alert_not_told')
    }
  }
  return {
    note: (kind) => {
      counts = { ...counts, [kind]: counts[kind] + 1 }
      if (options.post === null || timer !== undefined) return
      timer = setTimeout(() => void tell(), options.gatherMs)
      timer.unref()
    },
    stop: tell,
  }
}
