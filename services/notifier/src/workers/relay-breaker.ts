import { backoffMs, type Logger } from '@keyflow/runtime'

const WAIT = { base: 500, max: 15_000 }

/** Remembers whether the relay answers: while it does not, one mail at a time probes it, ever more rarely. */
export const createRelayBreaker = (options: { readonly clock: () => Date; readonly logger: Logger }) => {
  let failures = 0
  let heldUntil = 0
  return {
    isHeld: (): boolean => options.clock().getTime() < heldUntil,
    isSuspect: (): boolean => failures > 0,
    lanes: (healthy: number): number => (failures > 0 ? 1 : healthy),
    note: (isDown: boolean): void => {
      if (isDown) {
        const wait = backoffMs(failures, WAIT)
        failures += 1
        heldUntil = options.clock().getTime() + wait
        options.logger.warn({ failures, wait_ms: Math.round(wait) }, 'mail.relay_unreachable')
      } else if (failures > 0) {
        failures = 0
        heldUntil = 0
        options.logger.info('mail.relay_back')
      }
    },
  }
}
export type RelayBreaker = ReturnType<typeof createRelayBreaker>
