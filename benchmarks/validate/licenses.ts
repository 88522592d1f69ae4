import { connectStore } from '@keyflow/runtime'
import { createLicenseKeys } from '../../services/licensing/src/adapters/crypto-license-keys.ts'
import { identifyLicense } from '../../services/licensing/src/adapters/uuid-license-id.ts'
import type { License } from '../../services/licensing/src/domain/license.ts'

export const ISSUER_SECRET = 'a benchmark needs no secret, but 32 characters'
const keys = createLicenseKeys(ISSUER_SECRET)
const DAY = 86_400
const CHUNK = 5000

const idOf = (index: number): string => identifyLicense(`benchmark:${index}`)
export const keyOf = (index: number): string => keys.issue(idOf(index), 1).text

const rowOf = (index: number, now: number) => {
  const id = idOf(index)
  const { hash, last6 } = keys.issue(id, 1)
  const license: Omit<License, 'id'> = {
    origin: { kind: 'subscription_item', subscription: `sub_${index}`, item: `si_${index}` },
    customer: `cus_${index}`,
    contactRefs: [`cus_${index}`, `cs_live_${index}`, `sub_${index}`],
    granted: true,
    billing: 'active',
    reason: null,
    validThrough: now + 30 * DAY,
    trialEndsAt: null,
    cancelAt: null,
    startedAt: now - 100 * DAY,
    endedAt: null,
    upcoming: null,
    price: 'price_pro_monthly',
    pin: { price: 1, tier: 1 },
    terms: {
      productId: 'keyflow-example',
      tier: 'pro',
      maxDomains: 10,
      features: ['updates', 'priority-support'],
      validity: { kind: 'perpetual' },
    },
    quantity: 1,
    flags: [],
    axes: { billing: 'active', billingReason: null, overlay: 'none', override: 'none' },
    scope: { account: 'platform', livemode: true },
    ledger: `platform:live:cus_${index}`,
    version: 3,
    keyVersion: 1,
    keyHash: hash,
    keyLast6: last6,
    createdAt: now * 1000,
    updatedAt: now * 1000,
    issuedAt: now * 1000,
    supersededBy: null,
  }
  return { _id: id, ...license }
}

/** Puts so many licenses into a database that licensing has migrated. */
export const writeLicenses = async (mongoUrl: string, database: string, count: number): Promise<void> => {
  const store = await connectStore({ url: mongoUrl, database, appName: 'keyflow-bench' })
  const rows = store.db.collection<ReturnType<typeof rowOf>>('licenses')
  const now = Math.floor(Date.now() / 1000)
  for (let from = 0; from < count; from += CHUNK) {
    const chunk = Array.from({ length: Math.min(CHUNK, count - from) }, (_, i) => rowOf(from + i, now))
    await rows.insertMany(chunk, { ordered: false, writeConcern: { w: 1 } })
  }
  await store.client.close()
}
