import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createStripeAccount } from '../../../services/licensing/test/history/stripe-account.ts'
import { createSubscriptionStory } from '../../../services/licensing/test/history/subscription-story.ts'
import { type RunningLicensing, runLicensing, until } from '../../../services/licensing/test/run-licensing.ts'
import { EXIT, runKeyflow } from '../src/index.ts'
import { pipes } from './world.ts'

describe('keyflow catalog', () => {
  let licensing: RunningLicensing
  let folder: string
  let file: string

  const keyflow = async (...line: string[]) => {
    const { world, written } = pipes({
      KEYFLOW_API_URL: `http://127.0.0.1:${licensing.env.HTTP_PORT}`,
      KEYFLOW_TOKEN: licensing.env.OPERATOR_TOKEN ?? '',
      KEYFLOW_ACTOR: 'ada',
    })
    const code = await runKeyflow(line, world)
    return { code, ...written }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyflow-cli-'))
    file = join(folder, 'catalog.yaml')
    licensing = await runLicensing()
    await licensing.start()
    const account = createStripeAccount('cli', Math.floor(Date.now() / 1000) - 100)
    for (const price of ['price_starter_monthly', 'price_pro_monthly'] as const)
      createSubscriptionStory(account, { price, trial: false, payAtOnce: true })
    await licensing.publish(account.events)
    await until('both are issued', () => licensing.events().length === 2)
  })
  afterAll(async () => {
    await licensing.stop()
    await rm(folder, { recursive: true })
  })

  it('shows a catalog that can be edited, previewed, applied and rolled back', async () => {
    const shown = await keyflow('catalog', 'show')
    expect(shown.code).toBe(EXIT.ok)
    const edited = shown.stdout.replace(/(pro:\n\s+max_domains: )10/, '$112')
    expect(edited).not.toBe(shown.stdout)
    await writeFile(file, edited)
    expect((await keyflow('catalog', 'lint', file)).code).toBe(EXIT.ok)

    const preview = await keyflow('catalog', 'preview', file)
    expect(preview.code).toBe(EXIT.found)
    expect(preview.stdout).toContain('domains 10 -> 12')
    expect(preview.stdout).toContain('1 of 2 licenses would change, compared with version 1')

    const dry = await keyflow('catalog', 'apply', file, '--reason', 'more for pro', '--dry-run')
    expect(dry.code).toBe(EXIT.ok)
    const applied = await keyflow('catalog', 'apply', file, '--reason', 'more for pro', '--yes', '--json')
    expect(applied.code).toBe(EXIT.ok)
    expect(JSON.parse(applied.stdout)).toMatchObject({
      applied: {
        version: 2,
        actor: 'ada',
        reason: 'more for pro',
        source: 'file',
        sweep: { licenses_changed: 1 },
      },
      preview: { changed: 1 },
    })
    expect((await keyflow('catalog', 'preview', file)).code).toBe(EXIT.ok)

    const back = await keyflow('catalog', 'rollback', '--reason', 'too much', '--yes')
    expect(back.stdout).toContain('Version 3 is in force; 1 licenses were changed.')
    const versions = JSON.parse((await keyflow('catalog', 'versions', '--json')).stdout)
    expect(versions.versions.map((one: { version: number }) => one.version)).toEqual([3, 2, 1])
    const license = licensing.events()[0]?.licenseId ?? ''
    expect((await keyflow('license', 'explain', license)).stdout).toContain('catalog version 1')
  })

  it('sends nothing of a file with problems, and says them all', async () => {
    await writeFile(file, 'tiers: { pro: { max_domains: -1 } }\nprices: { a: { product: x } }\n')
    const { code, stderr } = await keyflow('catalog', 'apply', file, '--reason', 'r', '--yes')
    expect(code).toBe(EXIT.found)
    expect(stderr).toContain(`${file}:1: error: tiers.pro.max_domains must be >= 0`)
    expect(stderr).toContain(`${file}:2: error: prices.a lacks tier`)
  })

  it('says what is not permitted, and where nothing answers', async () => {
    const { world, written } = pipes({
      KEYFLOW_API_URL: `http://127.0.0.1:${licensing.env.HTTP_PORT}`,
      KEYFLOW_TOKEN: 'wrong-token-0123456789',
    })
    expect(await runKeyflow(['catalog', 'versions'], world)).toBe(EXIT.notPermitted)
    expect(written.stderr).not.toContain('wrong-token')
    const nobody = pipes({ KEYFLOW_API_URL: 'http://127.0.0.1:9' })
    expect(await runKeyflow(['catalog', 'versions'], nobody.world)).toBe(EXIT.unavailable)
  })
})
