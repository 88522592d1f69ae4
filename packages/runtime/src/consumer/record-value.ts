import type { IncomingRecord } from '../kafka/records.ts'
import type { Decoded } from './batch-contract.ts'

/** The value of a record of our own topics; undefined where it is no JSON. */
export const jsonOf = ({ value }: Pick<IncomingRecord, 'value'>): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(value ?? new Uint8Array()))
  } catch {
    return undefined
  }
}

/** What a decoder makes of a record that its topic should not hold. */
export const WRONG_SHAPE: Extract<Decoded<never>, { kind: 'dead' }> = {
  kind: 'dead',
  code: 'schema_violation',
  reason: 'the record does not have the shape of its topic',
}
