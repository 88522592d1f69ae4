import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where downloads are kept, shared by all checkouts on this machine; `KEYFLOW_CACHE` names another place. */
export const cacheDir = (): string => process.env.KEYFLOW_CACHE || join(homedir(), '.cache', 'keyflow')
