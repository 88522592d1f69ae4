import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { devSecrets } from './dev-secrets.ts'

describe('secrets for development', () => {
  let folder = ''
  const file = () => join(folder, 'state', 'dev-secrets.json')

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyflow-secrets-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('are made once and kept, for this user alone', () => {
    const made = devSecrets(file())
    expect(devSecrets(file())).toEqual(made)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(new Set(Object.values(made)).size).toBe(6)
  })

  it('have the shapes that the services ask for', () => {
    const made = devSecrets(file())
    expect(Buffer.from(made.KEY_TRANSPORT_SECRET, 'base64')).toHaveLength(32)
    expect(made.ISSUER_SECRET.length).toBeGreaterThanOrEqual(32)
    expect(made.STRIPE_WEBHOOK_SECRET).toMatch(/^whsec_\w{32,}$/)
  })

  it('of an older version get what is new, and keep what they have', () => {
    const { OPERATOR_TOKEN, ...older } = devSecrets(file())
    writeFileSync(file(), JSON.stringify(older))
    const now = devSecrets(file())
    expect(now).toMatchObject(older)
    expect(now.OPERATOR_TOKEN).not.toBe(OPERATOR_TOKEN)
  })

  it('that cannot be read are not replaced: keys already issued depend on them', () => {
    devSecrets(file())
    writeFileSync(file(), '{"ISSUER')
    expect(() => devSecrets(file())).toThrow('cannot be read')
    expect(readFileSync(file(), 'utf8')).toBe('{"ISSUER')
  })
})
