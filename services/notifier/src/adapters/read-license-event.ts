import { LicenseEvent } from '@keyflow/contracts'
import { Compile } from 'typebox/compile'

const validator = Compile(LicenseEvent)

export type ReadLicenseEvent =
  | { readonly ok: true; readonly event: LicenseEvent }
  | { readonly ok: false; readonly code: 'not_json' | 'schema_broken'; readonly reason: string }

/** Parses and checks a record of `license.events`. Never throws; reasons name fields, not values. */
export const readLicenseEvent = (bytes: Uint8Array): ReadLicenseEvent => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return { ok: false, code: 'not_json', reason: 'the value is not JSON in UTF-8' }
  }
  if (validator.Check(value)) return { ok: true, event: value }
  const [first] = validator.Errors(value)
  const where =
    first?.instancePath === undefined || first.instancePath === '' ? 'the event' : first.instancePath
  return { ok: false, code: 'schema_broken', reason: `${where} does not match the schema of license events` }
}
