import { backoffMs, type Logger } from '@keyflow/runtime'

const WAIT = { base: 500, max: 15_000 }

export interface RelayBreakerOptions {
  readonly name: string
  readonly clock: () => Date
  readonly logger: Logger
}

/** Remembers whether a relay answers: while it does not, one mail at a time probes it, ever more rarely. */
export const createRelayBreaker = (options: RelayBreakerOptions) => {
  let failures = 0
  let heldUntil = 0
  return {
    isHeld: (): boolean => options.clock().getTime() < heldUntil,
    isSuspect: (): boolean => failures > 0,
    note: (isDown: boolean): void => {
      if (isDown) {
        const wait = backoffMs(failures, WAIT)
        failures += 1
        heldUntil = options.clock().getTime() + wait
        const line = { relay: options.name, failures, wait_ms: Math.round(wait) }
        options.logger.warn(line, 'mail.relay_unreachable')
      } else if (failures > 0) {
        failures = 0
        heldUntil = 0
        options.logger.info({ relay: options.name }, 'mail.relay_back')
      }
    },
  }
}
export type RelayBreaker = ReturnType<typeof createRelayBreaker>
