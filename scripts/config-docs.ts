import { toConfigReference, toEnvExample } from '@keyflow/runtime'
import { config as dunning } from '../services/dunning/src/config.ts'
import { config as ingest } from '../services/ingest/src/config.ts'
import { config as licensing } from '../services/licensing/src/config.ts'
import { config as notifier } from '../services/notifier/src/config.ts'
import { config as outbound } from '../services/outbound/src/config.ts'

const SERVICES = [ingest, licensing, dunning, notifier, outbound]

/** What the generated files must contain, by path from the root. */
export const configDocs: Readonly<Record<string, string>> = {
  'docs/config.md': toConfigReference(SERVICES),
  '.env.example': toEnvExample(SERVICES),
}
