import { describe, expect, it } from '@jest/globals'
import { createLogger } from '@keyflow/runtime'
import type { Delivery, SmtpTransport } from '../adapters/smtp-transport.ts'
import { createRelays } from './relays.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const failed = (of: Partial<Extract<Delivery, { kind: 'failed' }>['failure']>): Delivery => ({
  kind: 'failed',
  code: 'TEST',
  failure: { bytesBegan: false, stage: 'connection', reply: null, status: null, isMalformed: false, ...of },
})

/** A transport that does as told, and says how often it was asked. */
const transport = (deliveries: Delivery[], asksContent = false) => {
  const state = { asked: 0 }
  const it: SmtpTransport = {
    deliver: async (parcel) => {
      state.asked += 1
      const delivery = deliveries.shift() ?? { kind: 'accepted' }
      if (asksContent || delivery.kind === 'accepted') await parcel.content()
      return delivery
    },
    close: () => {},
  }
  return { it, state }
}

const setUp = (first: ReturnType<typeof transport>, second = transport([]), sink = transport([])) => {
  const clock = { now: 0 }
  const relays = createRelays({
    live: [
      { name: 'primary', transport: first.it },
      { name: 'fallback', transport: second.it },
    ],
    sink: { name: 'sink', transport: sink.it },
    clock: () => new Date(clock.now),
    logger,
  })
  const deliver = (route: 'live' | 'sink' = 'live') =>
    relays.deliver(route, { from: 'a', to: 'b', trace: {}, content: async () => Buffer.from('x') })
  return { relays, deliver, clock, second, sink }
}

describe('the second relay', () => {
  it('takes what the first could not be reached for, and is not asked otherwise', async () => {
    const { deliver, second } = setUp(transport([{ kind: 'accepted' }, failed({})]))
    expect((await deliver()).relay).toBe('primary')
    expect(second.state.asked).toBe(0)
    expect(await deliver()).toEqual({ delivery: { kind: 'accepted' }, relay: 'fallback' })
  })

  it('takes what the first refused for now before it asked for the content', async () => {
    const { deliver } = setUp(transport([failed({ stage: 'rcpt', reply: 450 })]))
    expect((await deliver()).relay).toBe('fallback')
  })

  it('is never asked once the first has asked for the content: it may have it', async () => {
    const { deliver, second } = setUp(
      transport([failed({ stage: 'data', reply: 451, bytesBegan: true })], true),
    )
    expect((await deliver()).relay).toBe('primary')
    expect(second.state.asked).toBe(0)
  })

  it('is not asked for what was refused for good', async () => {
    const { deliver, second } = setUp(transport([failed({ stage: 'rcpt', reply: 550 })]))
    await deliver()
    expect(second.state.asked).toBe(0)
  })
})

describe('a relay that does not answer', () => {
  it('is left alone for a while, and then asked again', async () => {
    const first = transport([failed({})])
    const { deliver, clock, relays } = setUp(first)
    await deliver()
    await deliver()
    expect(first.state.asked).toBe(1)
    expect(relays.states()).toContainEqual({ name: 'primary', isHeld: true })
    clock.now = 60_000
    expect((await deliver()).relay).toBe('primary')
  })

  it('does not hold back mail of the other way', async () => {
    const { deliver, relays } = setUp(transport([failed({})]), transport([failed({})]))
    await deliver()
    expect((await deliver()).relay).toBeNull()
    expect(relays.isHeld()).toBe(true)
    expect((await deliver('sink')).relay).toBe('sink')
    expect(relays.isHeld()).toBe(false)
  })
})
