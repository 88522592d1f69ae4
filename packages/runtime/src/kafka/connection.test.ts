import { describe, expect, it } from '@jest/globals'
import { ConfigError, defineConfig } from '../config/define-config.ts'
import { kafkaConnection, kafkaFields } from './connection.ts'

const declared = defineConfig('test', kafkaFields)
const problemsOf = (env: Readonly<Record<string, string>>): readonly string[] => {
  try {
    declared.load(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}
const LOGIN = { KAFKA_USERNAME: 'keyflow_ingest', KAFKA_PASSWORD: 'a password of some length' }

describe('the way to Kafka', () => {
  it('is in clear and without a login where nothing is said', () => {
    expect(kafkaConnection(declared.load({}))).toEqual({ brokers: ['127.0.0.1:9092'] })
  })

  it('is TLS and SCRAM where that is said', () => {
    expect(kafkaConnection(declared.load({ ...LOGIN, KAFKA_TLS: 'true' }))).toEqual({
      brokers: ['127.0.0.1:9092'],
      tls: {},
      sasl: {
        mechanism: 'scram-sha-512',
        username: 'keyflow_ingest',
        password: 'a password of some length',
      },
    })
  })

  it.each([
    ['a user without a password', { KAFKA_USERNAME: 'x' }, /go together/],
    ['a password without a user', { KAFKA_PASSWORD: LOGIN.KAFKA_PASSWORD }, /go together/],
    ['a password in clear', { ...LOGIN, KAFKA_SASL_MECHANISM: 'plain' }, /in clear/],
    ['an authority that nobody asks', { KAFKA_CA_FILE: import.meta.filename }, /of no use/],
    ['an authority that cannot be read', { KAFKA_TLS: 'true', KAFKA_CA_FILE: '/nowhere.pem' }, /can be read/],
  ])('is never %s', (_, env, problem) => {
    expect(problemsOf(env)).toEqual([expect.stringMatching(problem)])
  })
})
