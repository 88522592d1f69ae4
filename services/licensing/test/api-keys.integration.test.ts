import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type RunningLicensing, runLicensing } from './run-licensing.ts'

describe('API keys', () => {
  let licensing: RunningLicensing
  let firstKey = ''

  beforeAll(async () => {
    licensing = await runLicensing()
    await licensing.start()
    firstKey = /kf_all_\w+/.exec(licensing.told.join(''))?.[0] ?? ''
  })
  afterAll(async () => {
    await licensing.stop()
  })

  const make = async (wish: object, by = firstKey) => licensing.ask('POST', '/api-keys', wish, by)

  it('begin with one that is shown once, at the first boot of an installation', async () => {
    expect(licensing.told).toHaveLength(1)
    expect(await licensing.ask('GET', '/api-keys', undefined, firstKey)).toMatchObject({
      http: 200,
      api_keys: [{ id: 'key_first', mode: 'all', revoked_at: null }],
    })
    await licensing.stopApps()
    await licensing.start()
    expect(licensing.told).toHaveLength(1)
  })

  it('are kept as hashes: the database does not hold them', async () => {
    const made = await make({ name: 'shop', scopes: ['licenses:read'], mode: 'live' })
    expect(made).toMatchObject({ http: 201, key: expect.stringMatching(/^kf_live_[0-9a-f]{48}$/) })
    const rows = await licensing.store.db.collection('api_keys').find().toArray()
    expect(rows).toHaveLength(2)
    expect(JSON.stringify(rows)).not.toContain(String(made.key))
    expect(JSON.stringify(rows)).not.toContain(firstKey)
  })

  it('open what their scopes say and nothing else', async () => {
    const { key } = await make({ name: 'reader', scopes: ['reviews:read'], mode: 'live' })
    expect(await licensing.ask('GET', '/reviews', undefined, String(key))).toMatchObject({ http: 200 })
    expect(await licensing.ask('GET', '/api-keys', undefined, String(key))).toMatchObject({
      http: 403,
      type: '/problems/forbidden',
      scope: 'keys:manage',
    })
    expect(await licensing.ask('GET', '/reviews', undefined, `${key}0`)).toMatchObject({
      http: 401,
      type: '/problems/unauthorized',
    })
  })

  it('give nobody more than they have themselves', async () => {
    const { key } = await make({ name: 'manager', scopes: ['keys:manage'], mode: 'test' })
    const wish = { name: 'more', scopes: ['keys:manage'], mode: 'test' }
    expect(await make({ ...wish, scopes: ['licenses:write'] }, String(key))).toMatchObject({ http: 403 })
    expect(await make({ ...wish, mode: 'all' }, String(key))).toMatchObject({ http: 403 })
    expect(await make(wish, String(key))).toMatchObject({ http: 201 })
    expect(await licensing.ask('DELETE', '/api-keys/key_first', undefined, String(key))).toMatchObject({
      http: 404,
      type: '/problems/api-key-not-found',
    })
  })

  it('stop to work when they are revoked or expire, and say when they were last used', async () => {
    const { key, id } = await make({ name: 'short', scopes: ['reviews:read'], mode: 'live' })
    expect(await licensing.ask('GET', '/reviews', undefined, String(key))).toMatchObject({ http: 200 })
    expect(await licensing.ask('DELETE', `/api-keys/${id}`, undefined, firstKey)).toMatchObject({
      http: 200,
      last_used_at: expect.any(String),
      revoked_at: expect.any(String),
    })
    expect(await licensing.ask('GET', '/reviews', undefined, String(key))).toMatchObject({ http: 401 })
    const over = { name: 'over', scopes: ['reviews:read'], mode: 'live', expires_at: '2020-01-01T00:00:00Z' }
    const expired = await make(over)
    expect(await licensing.ask('GET', '/reviews', undefined, String(expired.key))).toMatchObject({
      http: 401,
    })
  })
})
