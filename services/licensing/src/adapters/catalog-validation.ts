import { DEFAULT_VALIDATION, type ValidationRules } from '../domain/catalog.ts'

const KEYS = ['require', 'lease_hours', 'validations_per_month', 'overage', 'heartbeat_minutes'] as const

const BINDINGS = ['none', 'domain', 'fingerprint'] as const

/** The part of a tier that says how its licenses are validated; null when it says nothing. Adds to `problems`. */
export const readValidation = (
  where: string,
  map: Readonly<Record<string, unknown>>,
  problems: string[],
): ValidationRules | null => {
  if (!KEYS.some((key) => map[key] != null)) return null
  const count = (key: (typeof KEYS)[number], most: number): number | null => {
    const value = map[key] ?? null
    if (value === null || (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most))
      return value as number | null
    problems.push(`${where}.${key} must be a whole number from 1 to ${most}`)
    return null
  }
  const seconds = (value: number | null, unit: number): number | null =>
    value === null ? null : value * unit
  const binding = BINDINGS.find((choice) => choice === (map.require ?? 'none'))
  if (binding === undefined) problems.push(`${where}.require must be one of ${BINDINGS.join(', ')}`)
  if (!['deny', 'allow'].includes((map.overage ?? 'deny') as string))
    problems.push(`${where}.overage must be deny or allow`)
  return {
    binding: binding ?? DEFAULT_VALIDATION.binding,
    leaseSeconds: seconds(count('lease_hours', MOST_LEASE_HOURS), 3600),
    validationsPerMonth: count('validations_per_month', 1e9),
    mayExceed: map.overage === 'allow',
    heartbeatSeconds: seconds(count('heartbeat_minutes', 60 * 24 * 31), 60),
  }
}

/** Retired signing keys and revocations are kept for as long as any lease may live. */
const MOST_LEASE_HOURS = 24 * 90
