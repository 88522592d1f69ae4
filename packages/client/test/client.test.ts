import { describe, expect, it } from '@jest/globals'
import { unknown } from '../src/answer.ts'
import {
  type ClientOptions,
  type ClientStorage,
  createClient,
  LEASE_PROBLEMS,
  memoryStorage,
} from '../src/index.ts'
import { createFakeSeller } from './fake-seller.ts'
import { CLAIMS, endorse, kidOf, publicKeyOf, vectorKeyset } from './lease-vectors.ts'
import { AT, DAY } from './verdict-causes.ts'

const KEY = 'KF-ABCDEF-123456'

const setUp = (more: Partial<ClientOptions> = {}) => {
  const seller = createFakeSeller()
  const options = { ...seller.options, storage: memoryStorage(), ...more }
  /** A start of the application: what is not in storage is forgotten. */
  const start = () => createClient(options)
  const client = start()
  return { seller, start, validate: () => client.validate(KEY) }
}
/** Lets the customer's and the server's clock run. */
const pass = (seller: ReturnType<typeof createFakeSeller>, seconds: number): void => {
  seller.serverTime += seconds
  seller.clientTime += seconds
}

describe('the client, with the server there', () => {
  it('gives the verdict, asks again only when the answer is no longer fresh, and once for all who ask at a time', async () => {
    const { seller, validate } = setUp()
    const answers = await Promise.all([validate(), validate(), validate()])
    expect(answers.map(({ valid, code, source }) => ({ valid, code, source }))).toEqual(
      answers.map(() => ({ valid: true, code: 'VALID', source: 'server' })),
    )
    pass(seller, 59)
    expect(await validate()).toMatchObject({ valid: true, source: 'memory', ageSeconds: 59 })
    expect(seller.requests).toEqual(['/api/v1/licenses/validate', '/.well-known/jwks.json'])
    pass(seller, 1)
    expect(await validate()).toMatchObject({ valid: true, source: 'server' })
  })

  it('passes on how payments stand, for a notice in the product, and nothing that is no such notice', async () => {
    const { seller, validate } = setUp()
    expect((await validate()).billing).toBeNull()
    const told = {
      state: 'past_due',
      restrictAt: '2026-12-01T00:00:00.000Z',
      updatePaymentUrl: 'https://pay.example/b/t',
    }
    const after = async (billing: unknown) => {
      pass(seller, 60)
      seller.billing = billing
      return (await validate()).billing
    }
    expect(await after(told)).toEqual({ ...told, restrictAt: new Date(told.restrictAt) })
    expect(await after({ ...told, restrictAt: null, updatePaymentUrl: 'javascript:alert(1)' })).toEqual({
      state: 'past_due',
      restrictAt: null,
      updatePaymentUrl: null,
    })
    for (const odd of ['past_due', { state: 'fine' }, 7, []]) expect(await after(odd)).toBeNull()
    seller.billing = { ...told, state: 'suspended' }
    seller.refusal = 'SUSPENDED'
    pass(seller, 60)
    expect(await validate()).toMatchObject({ locks: true, billing: { state: 'suspended' } })
    seller.goDown()
    pass(seller, 60)
    expect((await validate()).billing).toBeNull()
  })

  it('locks for what the server says of the customer, also when it is not there any more', async () => {
    const { seller, validate, start } = setUp()
    await validate()
    pass(seller, 60)
    seller.refusal = 'REVOKED'
    expect(await validate()).toMatchObject({ valid: false, code: 'REVOKED', locks: true, source: 'server' })
    seller.goDown()
    expect(await start().validate(KEY)).toMatchObject({
      valid: false,
      code: 'REVOKED',
      locks: true,
      source: 'none',
    })
    seller.comeBack()
    seller.refusal = null
    expect(await start().validate(KEY)).toMatchObject({ valid: true })
  })

  it('does not lock for what the application can mend', async () => {
    const { seller, validate } = setUp()
    seller.refusal = 'NO_ACTIVATION'
    expect(await validate()).toMatchObject({ valid: false, code: 'NO_ACTIVATION', locks: false })
  })

  it('believes that a license is valid by its lease alone', async () => {
    const { seller, start } = setUp()
    const claims = (more: object) => Object.assign(seller.claims, more)
    const lies: readonly (() => unknown)[] = [
      () => {
        seller.answer = (_path, { nonce }) =>
          seller.json({
            valid: true,
            code: 'VALID',
            nonce,
            ts: new Date(AT * 1000).toISOString(),
            lease: null,
          })
      },
      () => {
        seller.answer = undefined
        seller.signedWith = 'unknown'
      },
      () => {
        seller.signedWith = 'revoked'
      },
      () => {
        seller.signedWith = 'active'
        claims({ nonce: 'of another question' })
      },
      () => claims({ nonce: undefined, aud: 'other' }),
    ]
    for (const lie of lies) {
      lie()
      expect(await start().validate(KEY)).toMatchObject({ valid: false, code: 'UNREACHABLE', locks: false })
    }
  })
})

describe('the client, without the server', () => {
  it('goes on by the lease for as long as it lasts, then says that it does not know', async () => {
    const { seller, validate, start } = setUp()
    await validate()
    seller.goDown()
    pass(seller, DAY)
    expect(await start().validate(KEY)).toMatchObject({
      valid: true,
      code: 'VALID',
      source: 'lease',
      warnings: [],
    })
    pass(seller, DAY)
    expect(await start().validate(KEY)).toMatchObject({ valid: true, warnings: ['LEASE_REFRESH_DUE'] })
    pass(seller, DAY)
    expect(await start().validate(KEY)).toMatchObject({ valid: false, code: 'LEASE_EXPIRED', locks: false })
  })

  it.each([
    ['no network', 'down' as const],
    ['an error of the server', new Response('oops', { status: 500 })],
    ['too many requests', new Response('{}', { status: 429 })],
    ['a page of a hotel', new Response('<html>Welcome</html>', { status: 200 })],
    ['a refusal to talk', new Response('{"type":"/problems/invalid-request"}', { status: 400 })],
    ['a verdict on another question', new Response('{"valid":false,"code":"REVOKED","nonce":"x"}')],
  ])('never locks for %s, with a lease or without', async (_, answer) => {
    const { seller, start } = setUp()
    seller.answer = () => (answer === 'down' ? answer : answer.clone())
    expect(await start().validate(KEY)).toMatchObject({ valid: false, code: 'UNREACHABLE', locks: false })
    seller.comeBack()
    await start().validate(KEY)
    seller.answer = () => (answer === 'down' ? answer : answer.clone())
    expect(await start().validate(KEY)).toMatchObject({ valid: true, locks: false, source: 'lease' })
  })

  it('waits no longer than it was told to, and tries again with jitter meanwhile', async () => {
    const { seller } = setUp()
    seller.answer = () => 'down'
    const client = createClient({ ...seller.options, retries: 2, timeoutMs: 2000, random: () => 0 })
    expect(await client.validate(KEY)).toMatchObject({ code: 'UNREACHABLE' })
    expect(seller.requests).toHaveLength(3)
    const hanging = createClient({
      ...seller.options,
      timeoutMs: 30,
      retries: 5,
      fetch: (_input, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(new DOMException('late', 'TimeoutError')))
        }),
    })
    expect(await hanging.validate(KEY)).toMatchObject({ code: 'UNREACHABLE', locks: false })
  })

  it('case 43: does not take a clock that was set back a year for more life, and mends with the server', async () => {
    const { seller, validate, start } = setUp()
    await validate()
    seller.goDown()
    pass(seller, DAY)
    expect(await start().validate(KEY)).toMatchObject({ valid: true })
    seller.clientTime -= 365 * DAY
    expect(await start().validate(KEY)).toMatchObject({
      valid: false,
      code: 'CLOCK_ROLLED_BACK',
      locks: false,
    })
    seller.comeBack()
    expect(await start().validate(KEY)).toMatchObject({ valid: true, source: 'server' })
  })

  it('a clock that was set forward, and is right again, is forgiven once the server was asked', async () => {
    const { seller, validate, start } = setUp()
    await validate()
    seller.goDown()
    seller.clientTime += 2 * DAY
    await start().validate(KEY)
    seller.clientTime -= 2 * DAY
    expect(await start().validate(KEY)).toMatchObject({ code: 'CLOCK_ROLLED_BACK', locks: false })
    seller.comeBack()
    await start().validate(KEY)
    seller.goDown()
    expect(await start().validate(KEY)).toMatchObject({ valid: true, source: 'lease' })
  })

  it('refuses a lease from before one that it has seen', async () => {
    const written = new Map<string, string>()
    const storage: ClientStorage = {
      get: async (name) => written.get(name) ?? null,
      set: async (name, value) => void written.set(name, value),
    }
    const { seller, start } = setUp({ storage })
    await start().validate(KEY)
    const name = [...written.keys()].find((key) => key !== 'keyflow.keyset') ?? ''
    const old = JSON.parse(written.get(name) ?? '{}').lease
    seller.claims = { ver: 9 }
    pass(seller, DAY)
    await start().validate(KEY)
    written.set(name, JSON.stringify({ ...JSON.parse(written.get(name) ?? '{}'), lease: old }))
    seller.goDown()
    expect(await start().validate(KEY)).toMatchObject({ valid: false, code: 'OLDER_LEASE', locks: false })
    expect([...written.values(), ...written.keys()].join()).not.toContain('ABCDEF')
  })

  it('stops by the revocations, wherever they are read from, and goes on when they are taken back', async () => {
    const { seller, validate, start } = setUp()
    await validate()
    const onlyFeed = (path: string) => (path === '/api/v1/revocations' ? seller.feed(0) : ('down' as const))
    seller.answer = onlyFeed
    pass(seller, 100)
    expect(await start().validate(KEY)).toMatchObject({ valid: true, source: 'lease' })
    Object.assign(seller, { epoch: 4, revokedAt: seller.serverTime })
    expect(await start().validate(KEY)).toMatchObject({ valid: false, code: 'LEASE_REVOKED', locks: true })
    seller.goDown()
    expect(await start().validate(KEY)).toMatchObject({ code: 'LEASE_REVOKED', locks: true })
  })

  it('survives a storage that does not work', async () => {
    const broken: ClientStorage = {
      get: async () => Promise.reject(new Error('no disk')),
      set: async () => Promise.reject(new Error('no disk')),
    }
    const { seller, validate } = setUp({ storage: broken })
    expect(await validate()).toMatchObject({ valid: true, source: 'server' })
    seller.goDown()
    pass(seller, 100)
    expect(await validate()).toMatchObject({ valid: true, source: 'lease' })
  })

  it('locks for no problem of a lease', () => {
    expect(LEASE_PROBLEMS.filter((code) => unknown(code).locks)).toEqual([])
  })
})

describe('the keys that are believed', () => {
  it('are fetched again when a lease names one that is not known', async () => {
    const { seller, start } = setUp()
    await start().validate(KEY)
    const fresh = await publicKeyOf('unknown')
    const keyset = await vectorKeyset()
    seller.keyset = {
      ...keyset,
      keys: [...keyset.keys, { ...fresh, use: 'sig', alg: 'EdDSA', status: 'active' }],
    }
    seller.signedWith = 'unknown'
    pass(seller, 60)
    expect(await start().validate(KEY)).toMatchObject({ valid: true, source: 'server' })
  })

  it('are those that the root endorses, and no others, when a root is built in', async () => {
    const { x: rootKey } = await publicKeyOf('unknown')
    const active = await publicKeyOf('active')
    const { seller, start } = setUp({ rootKey })
    expect(await start().validate(KEY)).toMatchObject({ valid: false, code: 'UNREACHABLE' })
    pass(seller, 60)
    seller.keyset = { ...(await vectorKeyset()), endorsement: await endorse([active], AT) }
    expect(await start().validate(KEY)).toMatchObject({ valid: true })
    // Somebody who has the server, and not the root: a key of theirs, and an endorsement from before.
    const mine = await publicKeyOf('revoked')
    seller.signedWith = 'revoked'
    seller.keyset = {
      keys: [{ ...mine, use: 'sig', alg: 'EdDSA', status: 'active' }],
      revoked: [],
      endorsement: await endorse([mine], AT - 1),
    }
    pass(seller, 60)
    expect(await start().validate(KEY)).toMatchObject({ source: 'lease', valid: true })
  })

  it('are those that are built in, when keys are, except for what is revoked', async () => {
    const { seller, start } = setUp({ keys: [await publicKeyOf('active')] })
    expect(await start().validate(KEY)).toMatchObject({ valid: true })
    seller.signedWith = 'unknown'
    seller.keyset = { ...(await vectorKeyset()), revoked: [await kidOf('active')] }
    pass(seller, 60)
    expect(await start().validate(KEY)).toMatchObject({ valid: false, code: 'KEY_REVOKED', locks: false })
  })
})

describe('places', () => {
  it('are taken and given up with the license key, and problems have names', async () => {
    const { seller, start } = setUp()
    seller.answer = (path, { domain }) => {
      if (path.endsWith('/deactivate')) return seller.json({ removed: true })
      return domain === 'fourth.example'
        ? seller.json({ type: '/problems/activation-limit-reached', title: 'Full', status: 409 }, 409)
        : seller.json({ limit: 3, used: 1, activation: { rank: 1 } })
    }
    const client = start()
    expect(await client.activate(KEY, { domain: 'one.example' })).toEqual({
      ok: true,
      limit: 3,
      used: 1,
      rank: 1,
    })
    expect(await client.activate(KEY, { domain: 'fourth.example' })).toEqual({
      ok: false,
      problem: 'activation-limit-reached',
      detail: 'Full',
    })
    expect(await client.deactivate(KEY, { fingerprint: 'machine-1' })).toEqual({ ok: true, removed: true })
    seller.goDown()
    expect(await client.activate(KEY, { domain: 'one.example' })).toMatchObject({ problem: 'unreachable' })
    expect(CLAIMS.aud).toBe('app')
  })
})
