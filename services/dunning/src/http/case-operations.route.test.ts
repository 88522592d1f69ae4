import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createHttpServer, createLogger, type FastifyInstance } from '@keyflow/runtime'
import { createMemoryDunning } from '../../test/memory-dunning.ts'
import { failed } from '../../test/samples.ts'
import type { CaseRow } from '../adapters/case-store.ts'
import type { CaseRecord } from '../domain/case-record.ts'
import { currentProfile } from '../domain/customer-profile.ts'
import { decisionOf, foldDecision } from '../domain/decide.ts'
import type { CaseDecision } from '../workers/operate-case.ts'
import { caseOperationsRoute } from './case-operations.route.ts'

const NOW = 1_790_000_000_000
const CASE = 'platform:test:sub_1'
const headers = { authorization: 'Bearer operators-only' }

let asked: CaseDecision[] = []
let isFolded = true
let record: CaseRecord
let server: FastifyInstance

const world = createMemoryDunning({ now: NOW })

const inHand = () => ({
  row: { _id: CASE, v: 1, record, updatedAt: new Date(0) } as CaseRow,
  around: { profile: currentProfile(null), lastMails: [] },
  plan: world.planOf(record),
  now: NOW,
})

beforeAll(async () => {
  world.deliver(failed({}, { at: NOW / 1000 }))
  server = await createHttpServer({ logger: createLogger({ service: 'test', level: 'silent' }) })
  caseOperationsRoute(server, {
    operatorToken: 'operators-only',
    find: async (id) => {
      if (id === 'sub_both')
        return [inHand(), { ...inHand(), row: { ...inHand().row, _id: 'acct_1:test:sub_1' } }]
      return id === 'sub_1' || id === CASE ? [inHand()] : []
    },
    operate: async ({ record: before }, now, decision) => {
      asked.push(decision)
      if (!isFolded) return { id: 'op_1', row: null }
      const { actor, reason, action } = decision
      const operation = {
        id: 'op_1',
        at: new Date(now).toISOString(),
        account: 'platform',
        livemode: false,
        subscription: 'sub_1',
        actor,
        reason,
        action,
      }
      record = foldDecision(before, operation) ?? before
      return { id: operation.id, row: inHand().row }
    },
  })
})
afterAll(() => server.close())
beforeEach(() => {
  asked = []
  isFolded = true
  record = world.caseOf() as CaseRecord
})

const post = (verb: string, body: object, id = 'sub_1') =>
  server.inject({ method: 'POST', url: `/api/v1/cases/${id}/${verb}`, headers, payload: body })

const datesOf = (steps: readonly { step: string; at: string | null }[]) =>
  Object.fromEntries(steps.map(({ step, at }) => [step, at?.slice(0, 10) ?? null]))

describe('decisions about a case', () => {
  it('show the plan before and after, with actor and reason kept', async () => {
    const answer = (await post('extend', { actor: 'ada', reason: 'on holiday', by: 'P7D' })).json()
    expect(datesOf(answer.before)).toMatchObject({ downgrade: '2026-09-28', suspend: '2026-10-05' })
    expect(datesOf(answer.after)).toMatchObject({ downgrade: '2026-10-05', suspend: '2026-10-12' })
    expect(answer.case.decisions).toEqual([
      { id: 'op_1', at: '2026-09-21T14:13:20.000Z', actor: 'ada', reason: 'on holiday', kind: 'extend' },
    ])
  })

  it.each([
    [
      'pause',
      { until: '2026-10-01T00:00:00Z' },
      { kind: 'pause', mode: 'freeze', until: '2026-10-01T00:00:00.000Z' },
    ],
    ['pause', { until: '2026-10-01T00:00:00Z', mode: 'mute' }, { kind: 'pause', mode: 'mute' }],
    ['resume', {}, { kind: 'resume' }],
    ['stop', {}, { kind: 'stop', invoices: ['in_1'] }],
    ['write-off', {}, { kind: 'write_off', invoices: ['in_1'] }],
    ['skip', { step: 'remind' }, { kind: 'skip', invoice: 'in_1', step: 'remind' }],
    ['send-now', { step: 'remind' }, { kind: 'send_now', invoice: 'in_1', step: 'remind' }],
  ])('%s is one of them', async (verb, body, action) => {
    expect((await post(verb, { reason: 'because', ...body })).statusCode).toBe(200)
    expect(asked).toMatchObject([{ action, reason: 'because', actor: 'operator' }])
  })

  it('can be withdrawn', async () => {
    await post('stop', { reason: 'wrong customer' })
    expect((await post('withdraw', { reason: 'sorry', decision: 'op_1' })).statusCode).toBe(200)
    expect((await post('withdraw', { reason: 'sorry', decision: 'op_9' })).statusCode).toBe(422)
  })

  it.each([
    ['without a reason', 'stop', {}, 400],
    ['with anything unknown', 'stop', { reason: 'r', force: true }, 400],
    ['with a delay that is none', 'extend', { reason: 'r', by: 'a week' }, 400],
    ['with an empty delay', 'extend', { reason: 'r', by: 'P' }, 400],
    ['with a pause that is over', 'pause', { reason: 'r', until: '2026-01-01T00:00:00Z' }, 422],
    ['about a step that there is not', 'skip', { reason: 'r', step: 'shout' }, 422],
  ])('%s are refused, and nothing is written', async (_, verb, body, status) => {
    const answer = await post(verb, body)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(asked).toEqual([])
  })

  it('are refused without the token, for no case, and for a subscription that two accounts know', async () => {
    const url = '/api/v1/cases/sub_1/stop'
    expect((await server.inject({ method: 'POST', url, payload: { reason: 'r' } })).statusCode).toBe(401)
    expect((await post('stop', { reason: 'r' }, 'sub_2')).statusCode).toBe(404)
    const both = await post('stop', { reason: 'r' }, 'sub_both')
    expect([both.statusCode, both.json().cases]).toEqual([409, [CASE, 'acct_1:test:sub_1']])
  })

  it('that are in the log and not folded yet are answered as accepted', async () => {
    isFolded = false
    const answer = await post('stop', { reason: 'r' })
    expect([answer.statusCode, answer.json()]).toEqual([202, { decision: 'op_1', accepted: true }])
  })

  it('that come before anything else is known are kept: a replay has no order', () => {
    const operation = {
      id: 'op_1',
      at: '2026-09-21T14:13:20.000Z',
      account: 'platform',
      livemode: false,
      subscription: 'sub_1',
      actor: 'ada',
      reason: 'r',
      action: { kind: 'stop' as const, invoices: ['in_1'] },
    }
    const early = foldDecision(undefined, operation)
    expect(early?.decisions).toEqual([decisionOf(operation)])
    expect(foldDecision(early, operation)).toBeUndefined()
  })
})
