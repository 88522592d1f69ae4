import { DunningEvent, LicenseEvent, LicenseOperation } from '@keyflow/contracts'
import { Compile, type Validator } from 'typebox/compile'

export type ReadEvent<E> =
  | { readonly ok: true; readonly event: E }
  | { readonly ok: false; readonly code: 'not_json' | 'schema_broken'; readonly reason: string }

/** Parses and checks the value of a record. Never throws; reasons name fields, not values. */
const reader =
  <E>(validator: Pick<Validator, 'Check' | 'Errors'>, what: string) =>
  (bytes: Uint8Array): ReadEvent<E> => {
    let value: unknown
    try {
      value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch {
      return { ok: false, code: 'not_json', reason: 'the value is not JSON in UTF-8' }
    }
    if (validator.Check(value)) return { ok: true, event: value as E }
    const [first] = validator.Errors(value)
    const where =
      first?.instancePath === undefined || first.instancePath === '' ? 'the event' : first.instancePath
    return {
      ok: false,
      code: 'schema_broken',
      reason: `${where} does not match the schema of ${what} events`,
    }
  }

export const readLicenseEvent = reader<LicenseEvent>(Compile(LicenseEvent), 'license')
export const readDunningEvent = reader<DunningEvent>(Compile(DunningEvent), 'dunning')
export const readLicenseOperation = reader<LicenseOperation>(Compile(LicenseOperation), 'operation')
