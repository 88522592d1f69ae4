import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ACCESS_NAMES, type AccessName, SERVICE_ACCESS } from '@keyflow/contracts'
import { createSupervisor, makeCertificate, pickFreePort } from '@keyflow/devstack'
import { createKafka, createLogger, defineConfig, kafkaConnection, kafkaFields } from '@keyflow/runtime'
import { createSandbox } from '@keyflow/stripe-sandbox'
import { MongoClient } from 'mongodb'
import { parseSmtpUrl } from '../../services/notifier/src/adapters/smtp-address.ts'
import { createSmtpConnections } from '../../services/notifier/src/adapters/smtp-connections.ts'
import { startInbox } from '../../services/notifier/test/inbox.ts'
import { type LockedDoors, lockDoors, USERS, type User } from './locked-doors.ts'
import { openMailbox } from './mailbox.ts'
import { createServices } from './run-services.ts'
import { startService } from './service-process.ts'
import { pickPorts, type Surroundings, settingsOf } from './service-settings.ts'
import { openShop } from './shop.ts'

const WEBHOOK_SECRET = 'whsec_lockedDoors0123456789'
const API_KEY = 'sk_test_lockedDoors0'
const logger = createLogger({ service: 'test', level: 'silent' })
const settings = defineConfig('test', kafkaFields)

const folder = mkdtempSync(join(tmpdir(), 'keyflow-locked-'))
let doors: LockedDoors
beforeAll(async () => {
  doors = await lockDoors(folder)
  await doors.keyflow('topics', 'apply')
  await doors.keyflow('topics', 'grant')
}, 120_000)
afterAll(async () => {
  await doors?.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

/** Not `instanceof`: what Node itself throws is of another realm than the test. */
interface Thrown {
  readonly name: string
  readonly message: string
  readonly type?: string
  readonly code?: string | number
  readonly codeName?: string
  readonly cause?: Thrown
  readonly errors?: readonly Thrown[]
}
const wordsOf = ({ name, message, type, code, codeName, cause, errors = [] }: Thrown): readonly string[] => [
  `${name} ${codeName ?? type ?? code ?? ''} ${message}`,
  ...errors.flatMap(wordsOf),
  ...(cause === undefined || cause === null ? [] : wordsOf(cause)),
]

/** `code` or `type` of what was thrown, and what that was caused by: what an operator finds in the log. */
const refusal = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work()
  } catch (error) {
    return wordsOf(error as Thrown).join(' | ')
  }
  return 'nothing was refused'
}

const clientFor = (env: Readonly<Record<string, string>>) =>
  createKafka({ clientId: 'locked', ...kafkaConnection(settings.load(env)), logger, maxRetryMs: 100 })
const adminOf = async <T>(
  env: Readonly<Record<string, string>>,
  work: (admin: ReturnType<ReturnType<typeof clientFor>['admin']>) => Promise<T>,
): Promise<T> => {
  const admin = clientFor(env).admin({ retry: { retries: 1, initialRetryTime: 50 } })
  try {
    await admin.connect()
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}
const write = async (user: User | 'stranger', topic: string): Promise<unknown> => {
  const producer = clientFor(doors.kafkaEnv(user)).producer({ retry: { retries: 0 } })
  try {
    await producer.connect()
    return await producer.send({ topic, messages: [{ key: 'k', value: 'v' }] })
  } finally {
    await producer.disconnect()
  }
}
const read = async (user: User | 'stranger', topic: string, groupId: string): Promise<unknown> => {
  const consumer = clientFor(doors.kafkaEnv(user)).consumer({ groupId, retry: { retries: 0 } })
  try {
    await consumer.connect()
    await consumer.subscribe({ topic })
    return await new Promise((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
      consumer.on('consumer.fetch', resolve)
      consumer.run({ eachMessage: async () => {} }).catch(reject)
    })
  } finally {
    await consumer.disconnect()
  }
}

describe('a broker, a database and a relay that demand TLS and a login', () => {
  it('are all that Keyflow needs: a purchase becomes a key in the inbox, each service under a user of its own', async () => {
    const sandbox = createSandbox({ port: 0, signingSecret: WEBHOOK_SECRET })
    const { url } = await sandbox.start()
    const ports = await pickPorts()
    const surroundings: Surroundings = {
      name: 'keyflow',
      brokers: doors.kafka.brokers,
      mongoUrl: doors.mongo.url,
      ports,
      webhookSecret: WEBHOOK_SECRET,
      stripe: { url, apiKey: API_KEY },
      smtpUrl: doors.smtpUrl,
    }
    const services = createServices(surroundings, {
      settingsFor: (name) => ({
        ...doors.kafkaEnv(name),
        TOPIC_PREFIX: '',
        ...(name === 'ingest' ? {} : { MONGODB_URL: doors.mongoUrl(name) }),
        ...(name === 'notifier'
          ? { SMTP_REQUIRE_TLS: 'true', NODE_EXTRA_CA_CERTS: doors.certificate.certFile }
          : {}),
      }),
    })
    const supervisor = createSupervisor()
    try {
      await services.startAll()
      const outbound = { http: await pickFreePort(), ops: await pickFreePort() }
      await startService({
        name: 'outbound',
        ports: outbound,
        supervisor,
        logFolder: folder,
        settings: {
          ...settingsOf('licensing', { ...surroundings, ports: { ...ports, licensing: outbound } }),
          ...doors.kafkaEnv('outbound'),
          TOPIC_PREFIX: '',
          MONGODB_DATABASE: 'keyflow_outbound',
          MONGODB_URL: doors.mongoUrl('outbound'),
        },
      })
      const shop = openShop(url, API_KEY)
      await shop.stripe.webhookEndpoints.create({
        url: `http://127.0.0.1:${ports.ingest.http}/api/v1/webhooks/stripe`,
        enabled_events: ['*'],
      })
      const mailbox = openMailbox(doors.inbox)
      await shop.buy('ada@example.com', 'price_pro_monthly')
      expect(await mailbox.untilKey('ada@example.com')).toMatch(/^KF-/)
    } finally {
      await services.stop()
      await supervisor.close()
      await sandbox.stop()
    }
  }, 120_000)

  it('are granted once: what is allowed is kept, and nothing is allowed beyond it', async () => {
    const changes = JSON.parse(await doors.keyflow('topics', 'grant')) as { action: string }[]
    expect(new Set(changes.map(({ action }) => action))).toEqual(new Set(['keep']))
  })
})

describe('the broker refuses', () => {
  it('whoever does not speak TLS, does not log in, or does not know the password', async () => {
    const env = doors.kafkaEnv('ingest')
    const clear = { KAFKA_BROKERS: env.KAFKA_BROKERS ?? '' }
    const list = (of: Readonly<Record<string, string>>) => () => adminOf(of, (admin) => admin.listTopics())
    expect(await refusal(list(clear))).toMatch(/KafkaJS(Connection|NumberOfRetriesExceeded)/)
    const nobody = { ...clear, KAFKA_TLS: 'true', KAFKA_CA_FILE: env.KAFKA_CA_FILE ?? '' }
    expect(await refusal(list(nobody))).toMatch(/KafkaJS(Connection|NumberOfRetriesExceeded)/)
    expect(await refusal(list({ ...env, KAFKA_PASSWORD: 'not the password at all' }))).toMatch(
      /KafkaJSSASLAuthenticationError/,
    )
  }, 60_000)

  it('to be believed when its certificate is not the one that is trusted', async () => {
    const other = await makeCertificate(mkdtempSync(join(folder, 'other-')))
    const env = { ...doors.kafkaEnv('ingest'), KAFKA_CA_FILE: other.certFile }
    expect(await refusal(() => adminOf(env, (admin) => admin.listTopics()))).toMatch(
      /self.signed certificate|unable to verify/i,
    )
  }, 60_000)

  const ALL = [
    ...new Set(
      ACCESS_NAMES.flatMap((name) => [...SERVICE_ACCESS[name].reads, ...SERVICE_ACCESS[name].writes]),
    ),
  ]
  const forbidden = (name: AccessName, what: 'reads' | 'writes') => {
    const allowed: readonly string[] = SERVICE_ACCESS[name][what]
    return ALL.filter((topic) => !allowed.includes(topic))
  }

  it.each([...USERS])(
    '%s what it does not need to write',
    async (user) => {
      for (const topic of forbidden(user, 'writes'))
        expect(`${topic}: ${await refusal(() => write(user, topic))}`).toMatch(/TOPIC_AUTHORIZATION_FAILED/)
    },
    60_000,
  )

  it.each([...USERS])(
    '%s what it does not need to read, and the group of another',
    async (user) => {
      const { group, reads } = SERVICE_ACCESS[user]
      const [foreign = ''] = forbidden(user, 'reads')
      const [own = ''] = reads
      if (group !== null)
        expect(await refusal(() => read(user, own, `${group}.own`))).toBe('nothing was refused')
      if (group !== null)
        expect(await refusal(() => read(user, foreign, `${group}.probe`))).toMatch(
          /TOPIC_AUTHORIZATION_FAILED/,
        )
      const other = user === 'licensing' ? 'keyflow.dunning' : 'keyflow.licensing'
      expect(await refusal(() => read(user, 'license.events', other))).toMatch(
        /AUTHORIZATION_FAILED|KafkaJSGroupCoordinatorNotFound/,
      )
    },
    60_000,
  )

  it('every service to make, alter or delete topics, and to widen its own rights', async () => {
    for (const user of USERS) {
      const env = doors.kafkaEnv(user)
      const create = { topics: [{ topic: `of-${user}`, numPartitions: 1, replicationFactor: 1 }] }
      expect(await refusal(() => adminOf(env, (admin) => admin.createTopics(create)))).toMatch(
        /AUTHORIZATION_FAILED/,
      )
      expect(
        await refusal(() => adminOf(env, (admin) => admin.deleteTopics({ topics: ['stripe.events'] }))),
      ).toMatch(/AUTHORIZATION_FAILED/)
      const acl = {
        principal: `User:keyflow_${user}`,
        host: '*',
        operation: 2,
        permissionType: 3,
        resourceType: 2,
        resourceName: '*',
        resourcePatternType: 3,
      }
      expect(await refusal(() => adminOf(env, (admin) => admin.createAcls({ acl: [acl] })))).toMatch(
        /AUTHORIZATION_FAILED/,
      )
    }
  }, 60_000)

  it('a user who is nobody of ours, altogether', async () => {
    expect(await refusal(() => write('stranger', 'stripe.events'))).toMatch(/TOPIC_AUTHORIZATION_FAILED/)
    expect(await adminOf(doors.kafkaEnv('stranger'), (admin) => admin.listTopics())).toEqual([])
  }, 60_000)
})

describe('the database refuses', () => {
  const STORES = USERS.filter((user) => user !== 'ingest')
  const connected = async <T>(url: string, work: (client: MongoClient) => Promise<T>): Promise<T> => {
    const client = new MongoClient(url, { serverSelectionTimeoutMS: 2000 })
    try {
      return await work(client)
    } finally {
      await client.close()
    }
  }

  it('whoever does not speak TLS, does not log in, or does not know the password', async () => {
    const list = (url: string) => () =>
      connected(url, (client) => client.db('keyflow_licensing').listCollections().toArray())
    const clear = doors.mongo.url.replace(/&tls=.*$/, '')
    expect(await refusal(list(clear))).toMatch(/MongoServerSelectionError/)
    expect(await refusal(list(doors.mongo.url))).toMatch(/Unauthorized/)
    const wrong = doors.mongo.urlOf('keyflow_licensing', 'not the password')
    expect(await refusal(list(wrong))).toMatch(/AuthenticationFailed/)
  }, 60_000)

  it.each(STORES)(
    "%s the others' databases, users, and the server itself",
    async (user) => {
      await connected(doors.mongoUrl(user), async (client) => {
        for (const other of STORES.filter((name) => name !== user)) {
          const db = client.db(`keyflow_${other}`)
          expect(await refusal(() => db.collection('outbox').findOne())).toMatch(/Unauthorized/)
          expect(await refusal(() => db.collection('outbox').insertOne({}))).toMatch(/Unauthorized/)
          expect(await refusal(() => db.dropDatabase())).toMatch(/Unauthorized/)
        }
        const admin = client.db('admin')
        for (const command of [
          { createUser: 'me', pwd: 'x', roles: ['root'] },
          { grantRolesToUser: `keyflow_${user}`, roles: ['root'] },
          { usersInfo: 1 },
          { shutdown: 1 },
          { getParameter: '*' },
          { replSetGetConfig: 1 },
        ])
          expect(`${Object.keys(command)[0]}: ${await refusal(() => admin.command(command))}`).toMatch(
            /Unauthorized/,
          )
      })
    },
    60_000,
  )
})

describe('mail is not handed over', () => {
  const dial = async (url: string): Promise<unknown> => {
    const limits = { connectMs: 2000, greetingMs: 2000, silenceMs: 2000 }
    const connections = createSmtpConnections({
      address: parseSmtpUrl(url),
      requireTls: true,
      hostname: 'localhost',
      limits,
    })
    try {
      return await connections.take({ fresh: true })
    } finally {
      connections.close()
    }
  }

  it('to a relay that offers no TLS, or shows a certificate that nobody trusts', async () => {
    const clear = await startInbox()
    expect(await refusal(() => dial(clear.url))).toMatch(/ETLS/)
    await clear.stop()
    expect(await refusal(() => dial(doors.smtpUrl))).toMatch(/self.signed certificate/)
  })

  it('to nobody who listens where the relay was', async () => {
    expect(await refusal(async () => dial(`smtp://127.0.0.1:${await pickFreePort()}`))).toMatch(
      /ESOCKET|ECONNREFUSED/,
    )
  })
})
