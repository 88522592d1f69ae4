import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { configDocs } from './config-docs.ts'

describe('the configuration reference', () => {
  it.each(Object.keys(configDocs))(
    '%s says what the services declare (else: npm run docs:config)',
    (path) => {
      const written = readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8')
      expect(written).toBe(configDocs[path])
    },
  )

  it('gives no default to a secret that is required', () => {
    const example = configDocs['.env.example'] ?? ''
    for (const name of ['ISSUER_SECRET', 'KEY_TRANSPORT_SECRET', 'STRIPE_WEBHOOK_SECRET'])
      expect(example).toMatch(new RegExp(`^${name}=$`, 'm'))
  })
})
