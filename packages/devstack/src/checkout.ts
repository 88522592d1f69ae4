import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root folder of this checkout. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '')

/** What runs write: data, logs, secrets for development. Not in git; `npm start -- --fresh` wipes its data. */
export const STATE_DIR = join(ROOT, '.keyflow')
