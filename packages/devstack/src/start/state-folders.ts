import { existsSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { diskFull } from '../explain-failure.ts'
import { makeFolder } from '../make-folder.ts'

/** Where one installation keeps what it writes. */
export interface StateFolders {
  readonly root: string
  /** Kafka, MongoDB, the inbox, the sandbox. */
  readonly data: string
  readonly logs: string
  /** Which processes run. */
  readonly run: string
  /** Node's compile cache: a second start is quicker. */
  readonly compiled: string
  readonly secretsFile: string
}

export const stateFolders = (root: string): StateFolders => ({
  root,
  data: join(root, 'data'),
  logs: join(root, 'logs'),
  run: join(root, 'run'),
  compiled: join(root, 'compiled'),
  secretsFile: join(root, 'dev-secrets.json'),
})

/** What the servers need to start at all; they grow with use. */
const NEEDS_BYTES = 500 * 1024 * 1024

/** Makes the folders; throws the line for a full disk when there is no room for the servers. */
export const prepareFolders = ({ root, data, logs, run }: StateFolders): void => {
  for (const folder of [root, data, logs, run]) makeFolder(folder, 'KEYFLOW_STATE_DIR')
  const { bavail, bsize } = statfsSync(root)
  if (bavail * bsize < NEEDS_BYTES) throw diskFull(root, NEEDS_BYTES)
}

/** Forgets all data; secrets stay, so that keys of the next run are made as before. */
export const wipeData = ({ data, logs }: StateFolders): void => {
  for (const folder of [data, logs]) rmSync(folder, { recursive: true, force: true })
}

const PREVIOUS = '.previous.log'

/** Keeps the last run's logs beside the new ones, and no older ones. */
export const turnLogs = ({ logs }: StateFolders): void => {
  if (!existsSync(logs)) return
  for (const file of readdirSync(logs))
    if (file.endsWith('.log') && !file.endsWith(PREVIOUS))
      renameSync(join(logs, file), join(logs, file.replace(/\.log$/, PREVIOUS)))
}
