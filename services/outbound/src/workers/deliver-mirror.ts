import type { Logger, Store } from '@keyflow/runtime'
import type { Mirrored, MirrorTarget } from '../adapters/mirror-target.ts'
import { type Delivery, type Settlement, saveExternalId, settle } from '../adapters/mongo-deliveries.ts'
import type { Answer } from '../domain/attempt.ts'
import type { MirroredLicense } from '../domain/mirrored-license.ts'
import { nextWaitMs } from '../domain/retry-schedule.ts'
import type { OutboundMetrics } from '../outbound-metrics.ts'

export interface DeliverMirrorDeps {
  readonly store: Store
  readonly target: MirrorTarget
  readonly metrics: OutboundMetrics
  readonly logger: Logger
  readonly clock: () => Date
  readonly random: () => number
}

/** Brings the newest state of one license to the outside server. One license is in one hand at a time, so its states stay in order. */
export const createDeliverMirror = (deps: DeliverMirrorDeps) => {
  const { store, target, clock } = deps

  /** Makes it where it is not, then makes it right; a license that somebody deleted there is made again. */
  const bring = async (delivery: Delivery): Promise<Mirrored<string>> => {
    const license = JSON.parse(delivery.body) as MirroredLicense
    const make = async (): Promise<Mirrored<string>> => {
      const made = await target.create(license)
      if (made.kind === 'ok') await saveExternalId(store, delivery, made.value)
      return made
    }
    const right = async (externalId: string): Promise<Mirrored<string>> => {
      const done = await target.update(license, externalId)
      return done.kind === 'ok' ? { ...done, value: externalId } : done
    }
    if (delivery.externalId !== null) {
      const done = await right(delivery.externalId)
      if (done.kind !== 'missing') return done
    }
    const made = await make()
    return made.kind === 'ok' ? right(made.value) : made
  }

  const settlementOf = (delivery: Delivery, came: Mirrored<string>): Settlement => {
    if (came.kind === 'ok') return { kind: 'delivered', externalId: came.value }
    const waitMs = nextWaitMs({
      attempts: delivery.failures + 1,
      elapsedMs: clock().getTime() - delivery.windowAt.getTime(),
      retryAfterMs: came.answer.retryAfterMs,
      random: deps.random(),
    })
    return waitMs === null ? { kind: 'failed', note: 'exhausted' } : { kind: 'retry', waitMs }
  }

  return async (delivery: Delivery): Promise<void> => {
    const at = clock()
    const started = performance.now()
    const came = await bring(delivery)
    const { result, status }: Answer = came.answer
    const durationMs = Math.round(performance.now() - started)
    deps.metrics.mirrored(result)
    const settlement = settlementOf(delivery, came)
    await settle(store, delivery, { at, durationMs, result, status }, settlement)
    deps.logger.info(
      {
        license: delivery.subject,
        version: delivery.version,
        result,
        status,
        took_ms: durationMs,
        outcome: settlement.kind,
      },
      'mirror.attempted',
    )
  }
}
