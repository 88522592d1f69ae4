import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TOPICS } from '@keyflow/contracts'
import { createSupervisor, pickFreePort, uniqueName, waitUntil } from '@keyflow/devstack'
import {
  type ArchiveTarget,
  createFileTarget,
  createS3Target,
  type IncomingRecord,
  openArchive,
  runArchive,
  verifyArchive,
} from '@keyflow/runtime'
import { createWorld } from './store-under-test.ts'

type World = Awaited<ReturnType<typeof createWorld>>

const closers: (() => Promise<unknown>)[] = []
let world: World
beforeAll(async () => {
  world = await createWorld()
  closers.push(() => world.stop())
})
afterAll(async () => {
  for (const close of closers.reverse()) await close()
})

const S3 = createRequire(import.meta.url).resolve('s3rver/bin/s3rver.js')

/** In a process of its own, which ends with this one however it ends. */
const startS3 = async (): Promise<ArchiveTarget> => {
  const supervisor = createSupervisor()
  closers.push(() => supervisor.close())
  const port = await pickFreePort()
  const place = folder()
  await supervisor.start({
    name: 's3',
    command: process.execPath,
    args: [
      S3,
      '--address',
      '127.0.0.1',
      '--port',
      String(port),
      '--directory',
      place,
      '--silent',
      '--configure-bucket',
      'archive',
    ],
    cwd: place,
    env: {},
    logFile: join(place, 's3.log'),
  })
  const url = `http://127.0.0.1:${port}`
  await waitUntil(async () => (await fetch(url)).status > 0, { what: 's3', deadlineMs: 20_000 })
  return createS3Target({
    url: `${url}/archive/keyflow`,
    region: 'us-east-1',
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
  })
}

const readBack = async (target: ArchiveTarget, topic: string): Promise<readonly IncomingRecord[]> => {
  const records: IncomingRecord[] = []
  const archive = await openArchive(world.kafka, target, [topic])
  for await (const batch of archive.read()) records.push(...batch)
  return records
}

const folder = (): string => mkdtempSync(join(tmpdir(), 'keyflow-archive-'))

describe.each([
  ['files', async () => createFileTarget(folder())],
  ['an S3-compatible server', startS3],
])('an archive in %s', (_, open) => {
  it('holds every record bit by bit, goes on where it stopped, and is found whole', async () => {
    const target = await open()
    const topic = `${world.name}.${TOPICS.stripeEvents.name}`
    const before = await readBack(target, topic)
    expect(before).toEqual([])
    const mark = uniqueName('mark')
    const publish = (from: number, count: number) =>
      world.publisher.publishAll(
        Array.from({ length: count }, (_each, at) => ({
          topic,
          key: `k${(from + at) % 5}`,
          value: Buffer.from([0, 255, from + at, 10]),
          headers: { ce_id: `${mark}-${from + at}`, odd: 'ü "quoted"' },
        })),
      )
    const run = () =>
      runArchive({
        kafka: world.kafka,
        target,
        topics: [topic],
        groupId: uniqueName('archive'),
        logger: world.logger,
        segmentRecords: 7,
      })
    await publish(0, 40)
    const first = await run()
    expect(first.added).toBeGreaterThanOrEqual(40)
    expect((await run()).added).toBe(0)
    await publish(40, 10)
    expect((await run()).added).toBe(10)

    const mine = (await readBack(target, topic)).filter(({ headers }) => headers.ce_id?.startsWith(mark))
    expect(mine).toHaveLength(50)
    for (const { headers, value, key } of mine) {
      const number = Number(headers.ce_id?.split('-').at(-1))
      expect({ key, value: [...(value ?? [])], odd: headers.odd }).toEqual({
        key: `k${number % 5}`,
        value: [0, 255, number, 10],
        odd: 'ü "quoted"',
      })
    }
    const verified = await verifyArchive({ kafka: world.kafka, target, topics: [topic] })
    expect(verified.topics[0]?.records).toBe(first.added + 10)
    expect(verified.topics[0]?.segments).toBeGreaterThanOrEqual(4)
  })
})

describe('a damaged archive', () => {
  it('is told from a whole one, by which file', async () => {
    const place = folder()
    const target = createFileTarget(place)
    const topic = `${world.name}.${TOPICS.stripeEvents.name}`
    const { kafka, logger } = world
    await runArchive({ kafka, target, topics: [topic], groupId: uniqueName('archive'), logger })
    const partition = join(place, topic, '0')
    const name = readdirSync(partition).find((file) => file.endsWith('.gz')) ?? ''
    const bytes = readFileSync(join(partition, name))
    bytes[20] = (bytes[20] ?? 0) ^ 1
    writeFileSync(join(partition, name), bytes)
    await expect(verifyArchive({ kafka, target, topics: [topic] })).rejects.toMatchObject({
      code: 'ARCHIVE_DAMAGED',
      message: expect.stringContaining(name),
    })
  })

  it('says that retention was faster', async () => {
    const target = createFileTarget(folder())
    const topic = `${world.name}.${TOPICS.stripeEvents.name}`
    const { kafka, logger } = world
    const admin = kafka.admin()
    await admin.connect()
    await admin.fetchTopicMetadata({ topics: [topic] })
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] })
    await admin.disconnect()
    await expect(
      runArchive({ kafka, target, topics: [topic], groupId: uniqueName('archive'), logger }),
    ).rejects.toMatchObject({ code: 'ARCHIVE_GAP' })
  })
})
