import { readFileSync } from 'node:fs'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import { isListening } from '../processes/ports.ts'

const QUIET = { retries: 0, initialRetryTime: 50, maxRetryTime: 50 }
const PATIENT = { retries: 8, initialRetryTime: 100, maxRetryTime: 1_000 }

/** How to come in where a broker does not let everybody in. */
export interface KafkaLogin {
  readonly caFile: string
  readonly username: string
  readonly password: string
}

/** Runs `work` with an admin client that is disconnected afterwards. `patient` retries while brokers come up. */
export const withAdmin = async <T>(
  brokers: readonly string[],
  work: (admin: Admin) => Promise<T>,
  { patient = true, login }: { readonly patient?: boolean; readonly login?: KafkaLogin } = {},
): Promise<T> => {
  const kafka = new Kafka({
    clientId: 'keyflow-devstack',
    brokers: [...brokers],
    ...(login === undefined ? {} : asUser(login)),
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    enforceRequestTimeout: true,
    retry: patient ? PATIENT : QUIET,
    logLevel: logLevel.NOTHING,
  })
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

/** True once the broker on that port is a registered member of its cluster of one. */
export const knowsItself = async (port: number, login?: KafkaLogin): Promise<boolean> => {
  if (!(await isListening(port))) return false
  const cluster = await withAdmin([`127.0.0.1:${port}`], (admin) => admin.describeCluster(), {
    patient: false,
    ...(login === undefined ? {} : { login }),
  })
  return cluster.brokers.length > 0
}

/** Has the broker make its offsets topic now: the first consumer group would otherwise wait for it, and retry slowly. */
export const prepareForGroups = (brokers: readonly string[], login?: KafkaLogin): Promise<void> =>
  withAdmin(
    brokers,
    async (admin) => {
      await admin.describeGroups(['keyflow.devstack'])
    },
    login === undefined ? {} : { login },
  )

const asUser = ({ caFile, username, password }: KafkaLogin) => ({
  ssl: { ca: readFileSync(caFile, 'utf8') },
  sasl: { mechanism: 'scram-sha-512' as const, username, password },
})
