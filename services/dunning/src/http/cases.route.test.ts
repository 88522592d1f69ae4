import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createHttpServer, createLogger, type FastifyInstance } from '@keyflow/runtime'
import { createMemoryDunning } from '../../test/memory-dunning.ts'
import { failed } from '../../test/samples.ts'
import type { CaseRow } from '../adapters/case-store.ts'
import { currentProfile } from '../domain/customer-profile.ts'
import { casesRoute } from './cases.route.ts'

const world = createMemoryDunning({ now: 1_790_000_000_000 })
world.deliver(failed({ nextPaymentAttempt: 90_000 }, { at: 1_790_000_000 }))
const row = { _id: 'platform:test:sub_1', v: 1, record: world.caseOf(), updatedAt: new Date(0) } as CaseRow

const inHand = {
  row,
  around: { profile: currentProfile(null), lastMails: [] },
  plan: world.planOf(row.record),
  now: 1_790_000_000_000,
}

const serve = async (operatorToken: string): Promise<FastifyInstance> => {
  const server = await createHttpServer({ logger: createLogger({ service: 'test', level: 'silent' }) })
  casesRoute(server, {
    operatorToken,
    list: async ({ status }) => ({
      rows: status === undefined || status === 'open' ? [row] : [],
      nextCursor: null,
    }),
    find: async (subscription) => (subscription === 'sub_1' ? [inHand] : []),
  })
  return server
}

const headers = { authorization: 'Bearer operators-only' }
let server: FastifyInstance
beforeAll(async () => {
  server = await serve('operators-only')
})
afterAll(() => server.close())

describe('cases as operators see them', () => {
  it('are closed while no token is configured, and to a wrong one', async () => {
    const closed = await serve('')
    expect((await closed.inject({ url: '/api/v1/cases', headers })).statusCode).toBe(403)
    await closed.close()
    expect((await server.inject({ url: '/api/v1/cases' })).statusCode).toBe(401)
  })

  it('are listed by status, with what is owed since when', async () => {
    const open = await server.inject({ url: '/api/v1/cases?status=open', headers })
    expect(open.json().data).toMatchObject([
      {
        subscription: 'sub_1',
        status: 'open',
        anchor_at: '2026-09-21T14:13:20.000Z',
        outstanding: { eur: 1900 },
        debts: [{ invoice: 'in_1', next_attempt_at: '1970-01-02T01:00:00.000Z' }],
        seq: 1,
      },
    ])
    expect((await server.inject({ url: '/api/v1/cases?status=recovered', headers })).json().data).toEqual([])
    expect((await server.inject({ url: '/api/v1/cases?status=late', headers })).statusCode).toBe(400)
  })

  it('say why they are as they are, what comes next, and what would stop it', async () => {
    const { statusCode, body } = await server.inject({ url: '/api/v1/cases/sub_1/explain', headers })
    const explained = JSON.parse(body)
    expect(statusCode).toBe(200)
    expect(explained).toMatchObject({
      status: 'open',
      level: 'none',
      policy: 'default',
      next: { step: 'warn', at: '2026-09-21T14:13:20.000Z', does: 'mail payment_failed' },
    })
    expect(explained.stopped_by).toContain('payment')
    expect(explained.why.join('\n')).toContain('in_1 owes 1900 eur (minor units)')
    expect(explained.case.steps.map(({ step, at }: { step: string; at: string }) => [step, at])).toEqual([
      ['warn', '2026-09-21T14:13:20.000Z'],
      ['remind', '2026-09-24T14:13:20.000Z'],
      ['downgrade', '2026-09-28T14:13:20.000Z'],
      ['suspend', '2026-10-05T14:13:20.000Z'],
    ])
  })

  it('are found by subscription, or 404', async () => {
    expect((await server.inject({ url: '/api/v1/cases/sub_1', headers })).json().data).toHaveLength(1)
    expect((await server.inject({ url: '/api/v1/cases/sub_2', headers })).statusCode).toBe(404)
  })
})
