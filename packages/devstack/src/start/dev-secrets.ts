import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setupError } from '../setup-error.ts'

const MAKE = {
  ISSUER_SECRET: () => randomBytes(48).toString('base64url'),
  KEY_TRANSPORT_SECRET: () => randomBytes(32).toString('base64'),
  PERSONAL_MASTER_KEYS: () => `dev:${randomBytes(32).toString('base64')}`,
  STRIPE_WEBHOOK_SECRET: () => `whsec_${randomBytes(24).toString('hex')}`,
  DUNNING_LINK_KEYS: () => `dev:${randomBytes(32).toString('base64')}`,
  OPERATOR_TOKEN: () => randomBytes(24).toString('base64url'),
} as const

export type DevSecrets = Readonly<Record<keyof typeof MAKE, string>>

const read = (file: string): Partial<DevSecrets> => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<DevSecrets>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    // Never overwritten: license keys that were issued with these secrets could not be made again.
    throw setupError(`${file} cannot be read: repair it, or remove it and start with --fresh.`, error)
  }
}

/** Secrets for development, made once and kept (readable by this user alone): keys issued yesterday stay the same. */
export const devSecrets = (file: string): DevSecrets => {
  const kept = read(file)
  const made = Object.entries(MAKE).map(([name, make]) => [name, kept[name as keyof DevSecrets] ?? make()])
  const secrets = Object.fromEntries(made) as DevSecrets
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return secrets
}
