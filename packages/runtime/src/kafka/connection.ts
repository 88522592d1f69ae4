import { readFileSync } from 'node:fs'
import type { ConfigOf } from '../config/define-config.ts'
import { choice, file, flag, list, optionalSecret, text } from '../config/fields.ts'

/** How to reach the brokers, and as whom. */
export interface KafkaConnection {
  readonly brokers: readonly string[]
  /** Absent = in clear. Certificates are always verified; `ca` in PEM, absent = those that Node knows. */
  readonly tls?: { readonly ca?: string }
  readonly sasl?: {
    readonly mechanism: 'scram-sha-512' | 'scram-sha-256' | 'plain'
    readonly username: string
    readonly password: string
  }
}

const misfits = (valueAt: (env: string) => unknown): readonly string[] => {
  const isTls = valueAt('KAFKA_TLS') === true
  const hasUser = valueAt('KAFKA_USERNAME') !== ''
  return [
    ...(hasUser === (valueAt('KAFKA_PASSWORD') !== '')
      ? []
      : ['KAFKA_USERNAME and KAFKA_PASSWORD go together: set both, or neither']),
    ...(valueAt('KAFKA_CA_FILE') === '' || isTls
      ? []
      : ['KAFKA_CA_FILE is of no use without KAFKA_TLS=true']),
    ...(hasUser && valueAt('KAFKA_SASL_MECHANISM') === 'plain' && !isTls
      ? ['KAFKA_SASL_MECHANISM=plain would send the password in clear: set KAFKA_TLS=true']
      : []),
  ]
}

/** Spread into the declaration of whatever speaks to Kafka. */
export const kafkaFields = {
  kafkaBrokers: list('KAFKA_BROKERS', {
    doc: 'Bootstrap brokers, host:port, comma-separated.',
    default: '127.0.0.1:9092',
  }),
  kafkaTls: flag('KAFKA_TLS', {
    doc: 'Speak TLS to the brokers and verify their certificates; set it wherever they are not on this machine.',
    default: 'false',
  }),
  kafkaCaFile: file('KAFKA_CA_FILE', {
    doc: 'PEM file with the certificate authority of the brokers. Empty = those that Node knows.',
    default: '',
  }),
  kafkaUsername: text('KAFKA_USERNAME', {
    doc: 'User to log in as (SASL). Empty = no login.',
    default: '',
  }),
  kafkaPassword: optionalSecret('KAFKA_PASSWORD', { doc: 'Its password.' }),
  kafkaMechanism: {
    ...choice('KAFKA_SASL_MECHANISM', ['scram-sha-512', 'scram-sha-256', 'plain'], {
      doc: 'How the user logs in; `plain` only where KAFKA_TLS is set.',
      default: 'scram-sha-512',
    }),
    fits: misfits,
  },
} as const
export type KafkaConfig = ConfigOf<typeof kafkaFields>

export const kafkaConnection = (config: KafkaConfig): KafkaConnection => {
  const { kafkaBrokers: brokers, kafkaTls, kafkaCaFile, kafkaUsername: username, kafkaMechanism } = config
  return {
    brokers,
    ...(kafkaTls ? { tls: kafkaCaFile === '' ? {} : { ca: readFileSync(kafkaCaFile, 'utf8') } } : {}),
    ...(username === ''
      ? {}
      : { sasl: { mechanism: kafkaMechanism, username, password: config.kafkaPassword } }),
  }
}
