import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { CatalogContent, LicenseSummary } from '@keyflow/contracts'
import { createStripeAccount } from './history/stripe-account.ts'
import { createSubscriptionStory, type PriceId } from './history/subscription-story.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const AUDIT = { actor: 'ada', reason: 'a test' }
const BUYERS = Number(process.env.CATALOG_BUYERS ?? 60)

interface Line {
  readonly kind: 'change' | 'progress' | 'summary'
  readonly licenseId: string
  readonly event: string
  readonly after: LicenseSummary
  readonly changed: number
  readonly ledgers: number
  readonly byEvent: Readonly<Record<string, number>>
  readonly reviewsClosed: number
  readonly parent: number
}

describe('the catalog of a running service', () => {
  let licensing: RunningLicensing
  const subscriptions: string[] = []

  beforeAll(async () => {
    licensing = await runLicensing()
    await licensing.start()
    const account = createStripeAccount('many', Math.floor(Date.now() / 1000) - 100)
    for (let at = 0; at < BUYERS; at += 1) {
      const price = (at % 3 === 0 ? 'price_pro_monthly' : 'price_starter_monthly') as PriceId
      subscriptions.push(createSubscriptionStory(account, { price, trial: false, payAtOnce: true }).id)
    }
    await licensing.publish(account.events)
    await until('all are issued', () => licensing.events().length >= BUYERS)
  })
  afterAll(async () => {
    await licensing.stop()
  })

  const head = async () =>
    (await licensing.ask('GET', '/catalog')) as unknown as { version: number; content: CatalogContent }

  const preview = async (body: object): Promise<readonly Line[]> => {
    const answer = await licensing.call('POST', '/catalog/preview', body)
    expect(answer.status).toBe(200)
    return (await answer.text())
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line)
  }

  const swept = async (version: number) => {
    await until('all ledgers are brought to it', async () => {
      const { sweep } = (await licensing.ask('GET', `/catalog/versions/${version}`)) as {
        sweep: { finished: boolean }
      }
      return sweep.finished
    })
    return (await licensing.ask('GET', `/catalog/versions/${version}`)) as unknown as {
      sweep: { licenses_changed: number }
    }
  }

  const apply = async (body: object) => {
    const { version: parent } = await head()
    const answer = await licensing.ask('POST', '/catalog/versions', { ...AUDIT, parent, ...body })
    expect(answer).toMatchObject({ http: 201, version: parent + 1 })
    await swept(parent + 1)
    return parent + 1
  }

  it('begins with the file, as version 1 in the log', async () => {
    expect(await licensing.ask('GET', '/catalog')).toMatchObject({ version: 1, source: 'first_start' })
    await licensing.stopApps()
    await licensing.start()
    expect(await licensing.ask('GET', '/catalog/versions')).toMatchObject({ versions: [{ version: 1 }] })
  })

  it('previews over all licenses exactly what applying then does, and a rollback undoes it', async () => {
    const { content, version } = await head()
    const changed: CatalogContent = {
      ...content,
      tiers: { ...content.tiers, starter: { max_domains: 4, features: ['updates'] } },
      prices: { ...content.prices, price_pro_monthly: { tier: 'business', product: 'keyflow-example' } },
      existing_licenses: { prices: 'follow', tiers: 'follow' },
    }
    const lines = await preview({ content: changed })
    const summary = lines.at(-1)
    const pro = Math.ceil(BUYERS / 3)
    expect(summary).toMatchObject({
      kind: 'summary',
      parent: version,
      changed: BUYERS,
      byEvent: { 'license.tier_changed': pro, 'license.limits_changed': BUYERS - pro },
    })
    const before = licensing.events().length
    await apply({ content: changed })
    await until('all changes are told', () => licensing.events().length === before + BUYERS)
    const told = licensing
      .events()
      .slice(before)
      .map((event) => ({ licenseId: event.licenseId, event: event.type, after: event.after }))
    const foreseen = lines
      .filter((line) => line.kind === 'change')
      .map(({ licenseId, event, after }) => ({ licenseId, event, after }))
    const byLicense = (a: { licenseId: string }, b: { licenseId: string }) =>
      a.licenseId < b.licenseId ? -1 : 1
    expect(told.sort(byLicense)).toEqual(foreseen.sort(byLicense))
    expect((await swept(version + 1)).sweep.licenses_changed).toBe(BUYERS)

    const back = await preview({ rollback_to: version })
    expect(back.at(-1)).toMatchObject({ changed: BUYERS })
    await apply({ rollback_to: version })
    await until('all are told again', () => licensing.events().length === before + 2 * BUYERS)
    const tiers = new Set(
      licensing
        .events()
        .slice(-BUYERS)
        .map((event) => event.after.tier),
    )
    expect(tiers).toEqual(new Set(['starter', 'pro']))
    expect(await licensing.ask('GET', '/catalog')).toMatchObject({ source: 'rollback', restores: version })
  })

  it('changes nothing for anybody when a price moves and the old licenses keep what they bought (case 29)', async () => {
    const { content } = await head()
    const changed = {
      ...content,
      prices: { ...content.prices, price_starter_monthly: { tier: 'pro', product: 'keyflow-example' } },
    }
    const before = licensing.events().length
    expect((await preview({ content: changed })).at(-1)).toMatchObject({ changed: 0, byEvent: {} })
    const version = await apply({ content: changed })
    expect(licensing.events()).toHaveLength(before)
    const account = createStripeAccount('late', Math.floor(Date.now() / 1000) + 2)
    const story = createSubscriptionStory(account, {
      price: 'price_starter_monthly',
      trial: false,
      payAtOnce: true,
    })
    await licensing.publish(account.events)
    await until('the new buyer is served', () => licensing.events().length === before + 1)
    const sold = licensing.events().find((event) => event.subscription === story.id)
    expect(sold?.after.tier).toBe('pro')
    const license = (event: { licenseId: string } | undefined) =>
      licensing.ask('GET', `/licenses/${event?.licenseId}/explain`)
    expect(await license(sold)).toMatchObject({ catalog: { price_version: version } })
    const old = licensing.events().find((event) => event.subscription === subscriptions[1])
    expect(await license(old)).toMatchObject({ license: { state: { tier: 'starter' } } })
  })

  it('refuses a version made from a head that is no longer one, and a content with problems', async () => {
    const { version, content } = await head()
    const both = await Promise.all(
      [1, 2].map((max_domains) =>
        licensing.ask('POST', '/catalog/versions', {
          ...AUDIT,
          parent: version,
          content: { ...content, tiers: { ...content.tiers, free: { max_domains } } },
        }),
      ),
    )
    expect(both.map((answer) => answer.http).sort()).toEqual([201, 409])
    const bad = { ...content, prices: { price_x: { tier: 'nothing', product: 'a' } } }
    expect(
      await licensing.ask('POST', '/catalog/versions', { ...AUDIT, parent: version + 1, content: bad }),
    ).toMatchObject({ http: 422, detail: expect.stringContaining('prices.price_x.tier') })
    expect(await licensing.ask('POST', '/catalog/lint', bad)).toMatchObject({ ok: false })
    expect(await licensing.ask('GET', '/catalog', undefined, 'wrong-token')).toMatchObject({ http: 401 })
  })

  it('answers for a past instant with the version that was in force', async () => {
    const { versions } = (await licensing.ask('GET', '/catalog/versions')) as {
      versions: { version: number; at: string }[]
    }
    const second = versions.find(({ version }) => version === 2)
    const { at = '' } = second ?? {}
    expect(await licensing.ask('GET', `/catalog?at=${at}`)).toMatchObject({ version: 2 })
    const before = new Date(Date.parse(at) - 1).toISOString()
    expect(await licensing.ask('GET', `/catalog?at=${before}`)).toMatchObject({ version: 1 })
  })

  it('goes on with a sweep that was cut short, in another process, telling each change once', async () => {
    const { content, version } = await head()
    const before = licensing.events().length
    const changed = {
      ...content,
      tiers: { ...content.tiers, starter: { max_domains: 7, features: ['updates'] } },
    }
    expect(
      await licensing.ask('POST', '/catalog/versions', { ...AUDIT, parent: version, content: changed }),
    ).toMatchObject({ http: 201 })
    await licensing.stopApps()
    await licensing.start()
    await swept(version + 1)
    const starters = await licensing.store.db
      .collection('licenses')
      .countDocuments({ 'terms.tier': 'starter', 'terms.maxDomains': 7 })
    expect(starters).toBe(BUYERS - Math.ceil(BUYERS / 3))
    await until('each is told', () => licensing.events().length >= before + starters)
    const told = licensing.events().slice(before)
    expect(new Set(told.map((event) => event.id)).size).toBe(starters)
  })
})
