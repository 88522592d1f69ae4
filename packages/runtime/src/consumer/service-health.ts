import type { Health } from '../http/ops-server.ts'
import type { ConsumerService } from './consumer-service.ts'

/** Health of a service that consumes, from before its consumer is open: alive, and not ready. */
export const consumerHealth = (consumer: () => ConsumerService | undefined): Health => ({
  live: () => consumer()?.isLive() ?? true,
  ready: () => consumer()?.checks() ?? { kafka: false, mongodb: false },
  problems: async () => (await consumer()?.problems()) ?? [],
})
