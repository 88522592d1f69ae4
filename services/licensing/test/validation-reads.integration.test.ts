import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sharedStack, uniqueName } from '@keyflow/devstack'
import { connectStore, migrate, type Store } from '@keyflow/runtime'
import { findLicenseByKeyHash, LICENSES } from '../src/adapters/mongo-licenses.ts'
import { createValidationReads } from '../src/adapters/mongo-validation.ts'

const LICENSES_KEPT = 500

describe('look-ups by license key', () => {
  let store: Store

  beforeAll(async () => {
    const { mongoUrl } = await sharedStack()
    store = await connectStore({ url: mongoUrl, database: uniqueName('reads'), appName: 'test' })
    await migrate(store, [LICENSES], 'test')
    await store.db.collection<{ _id: string }>(LICENSES.name).insertMany(
      Array.from({ length: LICENSES_KEPT }, (_, i) => ({
        _id: `license-${i}`,
        scope: { account: 'platform', livemode: true },
        ledger: `ledger-${i}`,
        version: 1,
        billing: 'active',
        granted: true,
        terms: {},
        keyVersion: 1,
        keyHash: `hash-${i}`,
        supersededBy: i === 7 ? 'license-8' : null,
      })),
    )
    await store.db.setProfilingLevel('all')
  })
  afterAll(async () => {
    await store.db.setProfilingLevel('off')
    await store.db.dropDatabase()
    await store.client.close()
  })

  /** The requests that MongoDB saw since the last call: how much each has looked at. */
  const requests = async (): Promise<readonly { docsExamined: number; planSummary: string }[]> => {
    const rows = await store.db
      .collection('system.profile')
      .find({ op: 'query', ns: `${store.db.databaseName}.${LICENSES.name}` })
      .toArray()
    await store.db.setProfilingLevel('off')
    await store.db.dropCollection('system.profile')
    await store.db.setProfilingLevel('all')
    return rows.map(({ docsExamined, planSummary }) => ({ docsExamined, planSummary }))
  }

  it('look at nothing but the licenses that are asked for, however many there are', async () => {
    const reads = createValidationReads(store)
    const asked = Array.from({ length: 100 }, (_, i) => `hash-${3 * i}`)
    const found = await Promise.all(asked.map((hash) => reads.findByKeyHash(hash)))
    expect(found.map((license) => license?.id)).toEqual(asked.map((hash) => hash.replace('hash', 'license')))
    expect(await reads.findByKeyHash('hash-7')).toMatchObject({ id: 'license-8' })
    expect(await findLicenseByKeyHash(store, 'hash-9', 0)).toMatchObject({ id: 'license-9' })
    const seen = await requests()
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.map(({ planSummary }) => planSummary).filter((plan) => plan.includes('COLLSCAN'))).toEqual([])
    expect(seen.reduce((sum, { docsExamined }) => sum + docsExamined, 0)).toBeLessThanOrEqual(103)
  })

  it('share a request when they come together, and are one of the same kind for a hit and a miss', async () => {
    const reads = createValidationReads(store)
    await reads.findByKeyHash('hash-1')
    const [hit] = await requests()
    await reads.findByKeyHash('hash-of-nobody')
    const [miss] = await requests()
    expect(miss?.planSummary).toBe(hit?.planSummary)
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => reads.findByKeyHash(`hash-${i % 2 === 0 ? i : -i}`)),
    )
    expect((await requests()).length).toBeLessThanOrEqual(3)
  })
})
