import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { waitUntil } from '@keyflow/devstack'
import { type Deed, type HostileRelay, type Moment, startHostileRelay } from '../../test/hostile-relay.ts'
import { judge } from '../domain/smtp-verdict.ts'
import { createSmtpConnections } from './smtp-connections.ts'
import { createSmtpTransport, type Delivery, type Parcel, type SmtpTransport } from './smtp-transport.ts'

let relay: HostileRelay
let transport: SmtpTransport

const transportTo = (port: number, silenceMs = 200): SmtpTransport =>
  createSmtpTransport({
    dialogMs: 5000,
    connections: createSmtpConnections({
      address: { host: '127.0.0.1', port, secure: false, auth: null },
      requireTls: false,
      hostname: 'test',
      limits: { connectMs: 1000, greetingMs: silenceMs, silenceMs },
    }),
  })

beforeEach(async () => {
  relay = await startHostileRelay()
  transport = transportTo(relay.port)
})
afterEach(async () => {
  transport.close()
  await relay.stop()
})

const CONTENT = Buffer.from('Subject: key\r\n\r\nHello\r\n')

const parcel = (of: Partial<Parcel> = {}): Parcel => ({
  from: 'licenses@example.com',
  to: 'ada@example.com',
  trace: {},
  content: async () => CONTENT,
  ...of,
})

const deliver = (of: Partial<Parcel> = {}): Promise<Delivery> => transport.deliver(parcel(of))

const verdictOf = (delivery: Delivery) =>
  delivery.kind === 'failed' ? judge(delivery.failure) : { kind: delivery.kind }

const RETRY_LATER = { kind: 'retry', why: 'refused_for_now' }
const RELAY_DOWN = { kind: 'retry', why: 'connection' }
const final = (outcome: string) => ({ kind: 'final', outcome })

describe('handing a mail to a hostile relay', () => {
  it.each<[Moment, Deed, object, number]>([
    ['greeting', 'hang_up', RELAY_DOWN, 0],
    ['greeting', 'say_nothing', RELAY_DOWN, 0],
    ['greeting', 554, RELAY_DOWN, 0],
    ['mail', 'hang_up', RELAY_DOWN, 0],
    ['mail', 421, RETRY_LATER, 0],
    ['mail', 550, RETRY_LATER, 0],
    ['rcpt', 'hang_up', RELAY_DOWN, 0],
    ['rcpt', 'say_nothing', RELAY_DOWN, 0],
    ['rcpt', 450, RETRY_LATER, 0],
    ['rcpt', 550, final('bounced'), 0],
    ['data', 'hang_up', RELAY_DOWN, 0],
    ['data', 451, RETRY_LATER, 0],
    ['data', 554, final('failed'), 0],
    ['content', 'hang_up', final('unknown'), 1],
    ['content', 'say_nothing', final('unknown'), 1],
    ['content', 451, RETRY_LATER, 1],
    ['content', 554, final('failed'), 1],
  ])('that at %s does %s is judged, and it saw one copy at most', async (at, deed, verdict, copies) => {
    relay.deeds.push({ at, deed })
    expect(verdictOf(await deliver())).toEqual(verdict)
    expect(relay.contents).toHaveLength(copies)
    expect(relay.fragments).toEqual([])
  })

  it('that is not there at all means: the relay is down', async () => {
    const { port } = relay
    await relay.stop()
    expect(verdictOf(await transportTo(port).deliver(parcel()))).toEqual(RELAY_DOWN)
  })

  it('asks for the content in the context of its own mail, also over a connection that another mail opened', async () => {
    const mailInHand = new AsyncLocalStorage<string>()
    const asked: (string | undefined)[] = []
    const content = async () => {
      asked.push(mailInHand.getStore())
      return CONTENT
    }
    for (const mail of ['first', 'second']) await mailInHand.run(mail, () => deliver({ content }))
    expect(asked).toEqual(['first', 'second'])
  })

  it('asks for the content only when the relay wants the content', async () => {
    relay.deeds.push({ at: 'rcpt', deed: 550 })
    let asked = 0
    const content = async () => {
      asked += 1
      return CONTENT
    }
    await deliver({ content })
    expect(asked).toBe(0)
    await deliver({ content })
    expect(asked).toBe(1)
  })

  it('gives it not one byte of content when it is withheld, or cannot be had', async () => {
    expect(await deliver({ content: async () => null })).toMatchObject({ kind: 'withheld' })
    const content = () => Promise.reject(new Error('database away'))
    expect(await deliver({ content })).toMatchObject({
      kind: 'withheld',
      error: new Error('database away'),
    })
    expect(await deliver({ content: async () => Buffer.from('the one that may go\r\n') })).toEqual({
      kind: 'accepted',
    })
    expect(relay.contents).toEqual(['the one that may go'])
    expect(relay.fragments).toEqual([])
  })

  it('refuses an address that would end the command line', async () => {
    expect(verdictOf(await deliver({ to: 'ada@example.com>\r\nRCPT TO:<eve@example.com' }))).toEqual(
      final('failed'),
    )
    expect(relay.contents).toEqual([])
  })
})

describe('connections to the relay', () => {
  it('are kept for the next mail', async () => {
    for (let n = 0; n < 5; n += 1) expect(await deliver()).toEqual({ kind: 'accepted' })
    expect(relay.connections()).toBe(1)
    expect(relay.contents).toHaveLength(5)
  })

  it('that the relay closed meanwhile are replaced without the mail noticing', async () => {
    await deliver()
    relay.deeds.push({ at: 'mail', deed: 'hang_up' })
    expect(await deliver()).toEqual({ kind: 'accepted' })
    expect(relay.connections()).toBe(2)
    expect(relay.contents).toHaveLength(2)
  })

  it('carry mails side by side', async () => {
    const outcomes = await Promise.all([deliver(), deliver(), deliver()])
    expect(outcomes).toEqual([{ kind: 'accepted' }, { kind: 'accepted' }, { kind: 'accepted' }])
    await waitUntil(() => relay.contents.length === 3, { what: 'three mails', deadlineMs: 1000 })
  })
})
