import { Counter, Gauge, Histogram, LATENCY_BUCKETS, type Registry } from '@keyflow/runtime'
import { ATTEMPT_RESULTS, type AttemptResult } from './domain/attempt.ts'

const OUTCOMES = ['delivered', 'failed'] as const
const REASONS = ['failures', 'gone'] as const
export const ENDPOINT_STATES = ['active', 'off', 'disabled'] as const

export interface StateReaders {
  readonly queue: () => Promise<{ readonly pending: number; readonly oldestSeconds: number } | null>
  readonly endpoints: () => Promise<Readonly<Record<(typeof ENDPOINT_STATES)[number], number>> | null>
}

/** What outgoing webhooks report; closed label sets, no address and no id among them. */
export const createOutboundMetrics = (registry: Registry, read: StateReaders) => {
  const registers = [registry]
  const attempts = new Counter({
    name: 'keyflow_webhook_attempts_total',
    help: 'Attempts to deliver, by what came of them.',
    labelNames: ['result'],
    registers,
  })
  for (const result of ATTEMPT_RESULTS) attempts.inc({ result }, 0)
  const settled = new Counter({
    name: 'keyflow_webhook_deliveries_total',
    help: 'Deliveries that ended: taken by the receiver, or given up.',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of OUTCOMES) settled.inc({ outcome }, 0)
  const off = new Counter({
    name: 'keyflow_webhook_endpoints_disabled_total',
    help: 'Endpoints that were switched off because they failed for too long, or said that they are gone.',
    labelNames: ['reason'],
    registers,
  })
  for (const reason of REASONS) off.inc({ reason }, 0)
  const mirrored = new Counter({
    name: 'keyflow_mirror_attempts_total',
    help: 'Attempts to bring a license to the outside license server, by what came of them.',
    labelNames: ['result'],
    registers,
  })
  for (const result of ATTEMPT_RESULTS) mirrored.inc({ result }, 0)
  const seconds = new Histogram({
    name: 'keyflow_webhook_attempt_seconds',
    help: 'How long receivers take to answer.',
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const endpoints = new Gauge({
    name: 'keyflow_webhook_endpoints',
    help: 'Endpoints: active, switched off by an operator, disabled by Keyflow. The last wants a person.',
    labelNames: ['state'],
    registers,
    async collect() {
      const counts = await read.endpoints().catch(() => null)
      if (counts !== null) for (const state of ENDPOINT_STATES) this.set({ state }, counts[state])
    },
  })
  for (const state of ENDPOINT_STATES) endpoints.set({ state }, 0)
  new Gauge({
    name: 'keyflow_outbound_oldest_due_seconds',
    help: 'For how long the oldest delivery has been due that nobody has in hand.',
    registers,
    async collect() {
      this.set((await read.queue().catch(() => null))?.oldestSeconds ?? 0)
    },
  })
  new Gauge({
    name: 'keyflow_outbound_pending',
    help: 'Deliveries to come, those that wait for their next attempt among them.',
    registers,
    async collect() {
      this.set((await read.queue().catch(() => null))?.pending ?? 0)
    },
  })
  return {
    attempted: (result: AttemptResult, took: number): void => {
      attempts.inc({ result })
      seconds.observe(took)
    },
    settled: (outcome: (typeof OUTCOMES)[number]): void => settled.inc({ outcome }),
    switchedOff: (reason: (typeof REASONS)[number]): void => off.inc({ reason }),
    mirrored: (result: AttemptResult): void => mirrored.inc({ result }),
  }
}
export type OutboundMetrics = ReturnType<typeof createOutboundMetrics>
