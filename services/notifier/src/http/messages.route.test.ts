import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createHttpServer, createLogger, type FastifyInstance } from '@keyflow/runtime'
import type { MessageRow } from '../adapters/message-rows.ts'
import { messageView } from './message-view.ts'
import { messagesRoute } from './messages.route.ts'

const row: MessageRow = {
  _id: 'ab'.repeat(32),
  schemaVersion: 2,
  account: 'platform',
  livemode: false,
  template: 'license_issued',
  occurrence: 'key1',
  recipient: 'buyer',
  order: null,
  customer: null,
  person: 'platform:test:cus_1',
  priority: 0,
  unknowns: 1,
  relay: 'sink',
  addressHash: null,
  bytes: null,
  repeatAt: null,
  version: 1,
  licenseId: 'license-1',
  conversation: 'platform:test:license-1',
  refs: [],
  encryptedKey: 'sealed-key',
  state: 'unknown',
  trace: {},
  receivedAt: null,
  createdAt: new Date(0),
  dueAt: new Date(0),
  attempts: 1,
  claim: { owner: 'host', token: 'token' },
  sentBy: 'token',
  frozen: null,
  renderedAt: null,
  sendingAt: null,
  settledAt: null,
  failure: { code: 'sender_lost', reply: null },
}

const view = messageView(row, 'ada@example.com')
const resent: unknown[] = []

const serve = async (operatorToken: string): Promise<FastifyInstance> => {
  const server = await createHttpServer({ logger: createLogger({ service: 'test', level: 'silent' }) })
  messagesRoute(server, {
    operatorToken,
    list: async (by) => (by.state === undefined || by.state === row.state ? [view] : []),
    find: async (id) => (id === row._id ? view : null),
    resend: async (target, order) => {
      if ('licenseId' in target) return { kind: 'none' }
      if (target.message !== row._id) return { kind: 'open' }
      resent.push(order)
      return { kind: 'sent', message: 'copy' }
    },
  })
  return server
}

const TOKEN = { authorization: 'Bearer operators-only' }
let server: FastifyInstance
beforeAll(async () => {
  server = await serve('operators-only')
})
afterAll(() => server.close())

describe('the ledger as operators see it', () => {
  it('is closed while no token is configured, and says how to open it', async () => {
    const closed = await serve('')
    const answer = await closed.inject({ url: '/api/v1/messages', headers: TOKEN })
    expect(answer.statusCode).toBe(403)
    expect(answer.json().detail).toContain('OPERATOR_TOKEN')
    await closed.close()
  })

  it('is closed to a wrong token', async () => {
    for (const authorization of ['', 'Bearer wrong', 'Basic operators-only'])
      expect((await server.inject({ url: '/api/v1/messages', headers: { authorization } })).statusCode).toBe(
        401,
      )
  })

  it('lists by state, and shows neither key nor token', async () => {
    const answer = await server.inject({ url: '/api/v1/messages?state=unknown', headers: TOKEN })
    expect(answer.json().data).toMatchObject([{ id: row._id, state: 'unknown', license_id: 'license-1' }])
    expect(answer.body).not.toMatch(/sealed-key|claim/)
    const none = await server.inject({ url: '/api/v1/messages?state=accepted', headers: TOKEN })
    expect(none.json().data).toEqual([])
  })

  it('refuses a state that does not exist', async () => {
    const answer = await server.inject({ url: '/api/v1/messages?state=lost', headers: TOKEN })
    expect(answer.statusCode).toBe(400)
  })

  it('gives one message, or 404', async () => {
    expect((await server.inject({ url: `/api/v1/messages/${row._id}`, headers: TOKEN })).json().id).toBe(
      row._id,
    )
    expect((await server.inject({ url: '/api/v1/messages/none', headers: TOKEN })).statusCode).toBe(404)
  })

  it('shows whom a mail went to without telling the address', async () => {
    const answer = await server.inject({ url: `/api/v1/messages/${row._id}`, headers: TOKEN })
    expect(answer.json().recipient).toBe('a•••@example.com')
    expect(answer.body).not.toContain('ada@')
  })

  it('sends a mail again for somebody who says who they are and why', async () => {
    const url = `/api/v1/messages/${row._id}/resend`
    const order = { actor: 'ada', reason: 'ticket 4711' }
    const done = await server.inject({ method: 'POST', url, headers: TOKEN, payload: order })
    expect([done.statusCode, done.json()]).toEqual([202, { message: 'copy' }])
    expect(resent).toEqual([order])
    const nameless = await server.inject({ method: 'POST', url, headers: TOKEN, payload: { reason: 'x' } })
    expect(nameless.statusCode).toBe(400)
    const open = await server.inject({
      method: 'POST',
      url: '/api/v1/messages/other/resend',
      headers: TOKEN,
      payload: order,
    })
    expect(open.statusCode).toBe(409)
    const none = await server.inject({
      method: 'POST',
      url: '/api/v1/licenses/none/resend-key',
      headers: TOKEN,
      payload: order,
    })
    expect(none.statusCode).toBe(404)
  })
})
