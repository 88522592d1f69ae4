import { describe, expect, it } from '@jest/globals'
import { licenseEvent } from '../../test/samples.ts'
import { readLicenseEvent } from './read-event.ts'

const read = (value: unknown) => readLicenseEvent(Buffer.from(JSON.stringify(value)))

describe('a record of license events', () => {
  it('is read as it was written', () => {
    expect(read(licenseEvent(1))).toEqual({ ok: true, event: licenseEvent(1) })
  })

  it('is read with fields that a newer writer added', () => {
    expect(read({ ...licenseEvent(1), addedLater: true }).ok).toBe(true)
  })

  it('is no event when it is no JSON, or no UTF-8', () => {
    for (const bytes of [Buffer.from('{'), Buffer.from([0xff, 0xfe]), new Uint8Array()])
      expect(readLicenseEvent(bytes)).toMatchObject({ ok: false, code: 'not_json' })
  })

  it('is refused with the field that breaks the schema, not with its value', () => {
    const broken = read({ ...licenseEvent(1), licenseVersion: 'secret-value' })
    expect(broken).toMatchObject({ ok: false, code: 'schema_broken' })
    expect(JSON.stringify(broken)).toContain('licenseVersion')
    expect(JSON.stringify(broken)).not.toContain('secret-value')
  })
})
