import type { Server, ServerOptions } from '../processes/embedded-server.ts'

export type KafkaOptions = ServerOptions

export interface KafkaServer extends Server {
  readonly brokers: readonly string[]
}
