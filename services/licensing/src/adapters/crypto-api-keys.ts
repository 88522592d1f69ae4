import { createHash, randomBytes } from 'node:crypto'
import type { ApiKeyMode } from '@keyflow/contracts'

export interface MintedApiKey {
  /** Shown once; never stored, never logged. */
  readonly text: string
  readonly hash: string
  readonly hint: string
}

/** `kf_live_…`: 192 random bits, so that a plain hash of it is as good as a slow one. The prefix helps secret scanners. */
export const mintApiKey = (mode: ApiKeyMode): MintedApiKey => {
  const text = `kf_${mode}_${randomBytes(24).toString('hex')}`
  return { text, hash: hashApiKey(text), hint: `kf_${mode}_…${text.slice(-4)}` }
}

export const hashApiKey = (text: string): string => createHash('sha256').update(text).digest('hex')
