import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { createMasterKeys } from '@keyflow/runtime'
import { Webhook } from 'standardwebhooks'
import { createSecretBox } from './secret-box.ts'
import { secretText, signatureHeaders } from './webhook-signature.ts'

const body = '{"type":"license.issued","data":{"name":"Zoë"}}'
const now = (): number => Math.floor(Date.now() / 1000)

describe('the signature', () => {
  it('is one that the standardwebhooks package accepts, with the old and with the new secret', () => {
    const [old, young, strange] = [randomBytes(32), randomBytes(32), randomBytes(32)]
    const headers = signatureHeaders([young, old], 'l:1', now(), body)
    for (const secret of [old, young])
      expect(new Webhook(secretText(secret)).verify(body, headers)).toEqual(JSON.parse(body))
    expect(() => new Webhook(secretText(strange)).verify(body, headers)).toThrow()
    expect(() => new Webhook(secretText(old)).verify(`${body} `, headers)).toThrow()
  })
})

describe('secrets', () => {
  const keys = (id: string, bytes = randomBytes(32)) => [id, bytes] as const
  const old = keys('old')
  const box = createSecretBox(createMasterKeys([old]))

  it('are kept where nobody can read them, and sign until they end, the newest first', () => {
    const first = box.make('we_1', '2026-01-01T00:00:00.000Z')
    const second = box.make('we_1', '2026-02-01T00:00:00.000Z')
    const endpoint = {
      id: 'we_1',
      secrets: [{ ...first.kept, expiresAt: '2026-02-02T00:00:00.000Z' }, second.kept],
    }
    expect(JSON.stringify(endpoint)).not.toContain(Buffer.from(first.plain).toString('base64url'))
    expect(box.inForce(endpoint, Date.parse('2026-02-01T12:00:00.000Z'))).toEqual([second.plain, first.plain])
    expect(box.inForce(endpoint, Date.parse('2026-02-03T00:00:00.000Z'))).toEqual([second.plain])
    expect(() => box.inForce({ ...endpoint, id: 'we_2' }, 0)).toThrow('cannot be opened')
  })

  it('go under a new master key', () => {
    const { plain, kept } = box.make('we_1', '2026-01-01T00:00:00.000Z')
    const young = keys('young')
    const both = createSecretBox(createMasterKeys([young, old]))
    const secrets = [...(both.rewrap({ id: 'we_1', secrets: [kept] }) ?? [])]
    expect(createSecretBox(createMasterKeys([young])).inForce({ id: 'we_1', secrets }, 0)).toEqual([plain])
    expect(both.rewrap({ id: 'we_1', secrets })).toBeNull()
  })
})
