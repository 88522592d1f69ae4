import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root folder of this checkout. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '')

/**
 * What runs write: data, logs, secrets for development. Not in git. `KEYFLOW_STATE_DIR` names another place, for a
 * second installation out of the same checkout.
 */
export const STATE_DIR = process.env.KEYFLOW_STATE_DIR || join(ROOT, '.keyflow')
