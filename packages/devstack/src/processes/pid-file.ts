import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setupError } from '../setup-error.ts'
import { commandLine, identify, isAlive, type ProcessIdentity } from './process-table.ts'
import { waitUntil } from './wait-until.ts'

interface PidRecord {
  readonly process: ProcessIdentity
  readonly owner: ProcessIdentity
}

const fileIn = (dataDir: string): string => join(dataDir, 'keyflow-pid.json')

const read = (dataDir: string): PidRecord | undefined => {
  try {
    const record: unknown = JSON.parse(readFileSync(fileIn(dataDir), 'utf8'))
    if (typeof record !== 'object' || record === null) return undefined
    const { process: child, owner } = record as Partial<PidRecord>
    return typeof child === 'string' && typeof owner === 'string' ? { process: child, owner } : undefined
  } catch {
    return undefined
  }
}

/** Notes which process serves a data directory, and who started it. */
export const writePidFile = (dataDir: string, pid: number): void => {
  const record = { process: identify(pid) ?? '', owner: identify(process.pid) ?? '' }
  writeFileSync(fileIn(dataDir), JSON.stringify(record))
}

export const removePidFile = (dataDir: string): void => rmSync(fileIn(dataDir), { force: true })

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself between the look and the signal.
  }
}

const stillRuns = (record: PidRecord, marker: string): boolean => {
  const pid = Number(record.process.split('@')[0])
  // The start time rules out a recycled process id, the command line a note that was copied from elsewhere.
  return isAlive(record.process) && commandLine(pid).includes(marker)
}

/**
 * Makes a data directory ours: ends a process of ours that a dead owner left on it, and removes the stale note.
 * `marker` is a part of that process's command line (default: the directory). Throws a setup error when the owner is
 * alive: somebody is using the directory.
 */
export const reclaimDataDir = async (dataDir: string, marker = dataDir): Promise<void> => {
  const record = read(dataDir)
  if (record === undefined) return
  const pid = Number(record.process.split('@')[0])
  const owner = Number(record.owner.split('@')[0])
  const gone = () => !isAlive(record.process)
  if (stillRuns(record, marker)) {
    if (isAlive(record.owner))
      throw setupError(
        `${dataDir} is in use by a Keyflow that runs already (process ${owner}): stop that one first.`,
      )
    send(pid, 'SIGTERM')
    await waitUntil(gone, { what: `process ${pid} to end`, deadlineMs: 10_000 }).catch(() =>
      send(pid, 'SIGKILL'),
    )
    await waitUntil(gone, { what: `process ${pid} to end`, deadlineMs: 5_000 })
  }
  removePidFile(dataDir)
}
