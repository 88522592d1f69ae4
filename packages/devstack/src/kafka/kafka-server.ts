import type { Server, ServerOptions } from '../processes/server.ts'

export type KafkaOptions = ServerOptions

export interface KafkaServer extends Server {
  readonly brokers: readonly string[]
}
