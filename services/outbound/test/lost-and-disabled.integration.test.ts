import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { consumerGroup } from '@keyflow/contracts'
import { waitUntil } from '@keyflow/devstack'
import { startOver } from '@keyflow/runtime'
import { createWorld, type World } from './outbound-world.ts'
import { answering, type Receiver, startReceiver } from './receiver.ts'

const AUDIT = { actor: 'ada', reason: 'test' }
let world: World
let operators: Receiver
let good: Receiver
let bad: Receiver
let service: { readonly stop: () => Promise<void> }

beforeAll(async () => {
  good = await startReceiver(answering(200))
  bad = await startReceiver(answering(410))
  let calls = 0
  // Away for its first two calls.
  operators = await startReceiver((response) => {
    calls += 1
    response.writeHead(calls > 2 ? 200 : 503).end()
  })
  world = await createWorld({ SLACK_WEBHOOK_URL: operators.url })
  service = await world.start()
}, 60_000)
afterAll(async () => {
  await world.close()
  for (const receiver of [operators, good, bad]) await receiver.stop()
}, 60_000)

const until = (what: string, probe: () => boolean | Promise<boolean>) =>
  waitUntil(probe, { what, deadlineMs: 20_000 })
const create = async (url: string) =>
  String((await world.ask('POST', '/webhook-endpoints', { url, description: 'the shop', ...AUDIT })).id)
const notices = (id: string) => operators.received.filter(({ body }) => body.includes(id))

describe('an endpoint that is disabled', () => {
  it('is made known to operators, once they can be reached, and once only', async () => {
    const id = await create(bad.url)
    await world.publish([world.licenseEvent()])
    await until('operators to be told', () => notices(id).length === 3)
    const { text } = JSON.parse(notices(id).at(-1)?.body ?? '{}') as { text: string }
    expect(text).toContain(`${id} (the shop) was disabled: its receiver answered 410`)
    expect(text).not.toContain(String(bad.port))
    const owed = { disabledFor: 'gone', noticeUntil: null }
    await until('that to be noted', async () => (await world.endpoints().countDocuments(owed)) === 1)
    await world.ask('DELETE', `/webhook-endpoints/${id}`, AUDIT)
  })

  it('is made known although the process died that disabled it', async () => {
    const id = await create(bad.url)
    await service.stop()
    // What a process leaves that is killed between the two.
    await world
      .endpoints()
      .updateOne({ _id: id }, { $set: { disabledFor: 'gone', disabledAt: 1, noticeUntil: new Date(0) } })
    service = await world.start()
    await until('operators to be told', () => notices(id).length === 1)
  })
})

describe('a database that was lost', () => {
  it('comes back from the log: endpoints with their secrets, nothing told a second time, what is new once', async () => {
    const id = await create(good.url)
    const before = [world.licenseEvent(), world.licenseEvent()]
    await world.publish(before)
    await until('both to be told', () => before.every((event) => good.counts().get(event.id) === 1))
    const shown = await world.ask('GET', `/webhook-endpoints/${id}`)
    await service.stop()
    await world.store.db.dropDatabase()

    await startOver({
      mongodbUrl: world.mongoUrl,
      database: world.database,
      groupId: `${world.prefix}${consumerGroup('outbound')}`,
      now: new Date(),
    })
    service = await world.start()
    await until('the endpoint to be back', async () => {
      const again = await world.ask('GET', `/webhook-endpoints/${id}`)
      return again.http === 200 && again.url === shown.url
    })
    const after = world.licenseEvent()
    await world.publish([after])
    await until('what is new', () => good.counts().get(after.id) === 1)
    for (const event of before) expect(good.counts().get(event.id)).toBe(1)
    // What it was told is listed, and can be sent again by whoever is not sure of it.
    const listed = await world.ask('GET', `/webhook-endpoints/${id}/deliveries`)
    expect((listed.data as { event: string }[]).map(({ event }) => event)).toEqual(
      expect.arrayContaining(before.map((event) => event.id)),
    )
  }, 60_000)
})
