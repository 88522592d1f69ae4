import { createHash } from 'node:crypto'
import type { Place } from '../domain/activations.ts'

/** The same for the same place of the same license, so that it needs no storing. */
export const identifyActivation = (licenseId: string, { kind, value }: Place): string =>
  `act_${createHash('sha256').update(`${licenseId}:${kind}:${value}`).digest('base64url').slice(0, 22)}`
