import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { judge } from '../src/protocol/judge.ts'
import { trustKeys, verifyLease } from '../src/verify-lease.ts'
import type { LeaseVector } from './lease-vectors.ts'
import { vectorFiles } from './vector-files.ts'
import type { VerdictVector } from './verdict-vectors.ts'

const folder = new URL('../vectors/', import.meta.url)
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

describe('the conformance vectors', () => {
  it('are what the code says: npm run vectors writes them anew', async () => {
    const files = await vectorFiles()
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort())
    for (const [name, content] of Object.entries(files))
      expect(readFileSync(new URL(name, folder), 'utf8')).toBe(content)
  })

  it.each(read('verdicts.json').vectors as VerdictVector[])(
    'verdict: $name',
    ({ license, question, at, expected }) => {
      expect(judge(license, question, at)).toMatchObject(expected)
    },
  )

  it.each(read('leases.json').vectors as LeaseVector[])('lease: $name', async (vector) => {
    const { lease, question, options, expected } = vector
    const verified = await verifyLease(lease, trustKeys(read('leases.json').keyset), question, options)
    expect(verified).toMatchObject(
      'problem' in expected ? { ok: false, ...expected } : { ok: true, verdict: expected },
    )
  })
})

describe('the package', () => {
  it('imports nothing but itself and jose: it runs in browsers and on the edge', () => {
    const source = fileURLToPath(new URL('../src/', import.meta.url))
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('node/'),
    )
    expect(files.length).toBeGreaterThan(15)
    const imported = files.flatMap((name) =>
      [...readFileSync(`${source}${name}`, 'utf8').matchAll(/from '([^']+)'/g)].map(([, from = '']) => from),
    )
    expect(new Set(imported.filter((from) => !from.startsWith('.')))).toEqual(new Set(['jose']))
    const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    expect(Object.keys(dependencies)).toEqual(['jose'])
  })
})
