import { existsSync, mkdtempSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { diskFull, isDiskFull } from '../explain-failure.ts'
import { makeFolder } from '../make-folder.ts'
import { cacheDir } from './cache-dir.ts'
import { withLock } from './lock-file.ts'
import { type Log, withProgress } from './progress.ts'

interface Installation {
  /** Folder name in the cache; carries the version. */
  readonly name: string
  /** For people, e.g. `Kafka jars: downloading (first time, about 44 MB)`. */
  readonly what: string
  readonly needsBytes: number
  readonly log: Log
  /** Fills an empty directory completely, or throws. */
  readonly fill: (directory: string) => Promise<void>
}

const assertRoom = (directory: string, needsBytes: number): void => {
  const { bavail, bsize } = statfsSync(directory)
  if (bavail * bsize < needsBytes) throw diskFull(directory, needsBytes)
}

/**
 * The folder of something downloaded, filled the first time only. It appears under its name complete or not at all
 * (filled beside it, then renamed), and two processes that need it at once fill it once.
 */
export const installOnce = async ({ name, what, needsBytes, log, fill }: Installation): Promise<string> => {
  const cache = cacheDir()
  const target = join(cache, name)
  if (existsSync(target)) return target
  const install = async (): Promise<string> => {
    if (existsSync(target)) return target
    assertRoom(cache, needsBytes)
    const unfinished = mkdtempSync(join(cache, `.${name}-`))
    try {
      await withProgress(log, what, () => fill(unfinished))
      renameSync(unfinished, target)
      return target
    } catch (error) {
      throw isDiskFull(error) ? diskFull(cache, needsBytes, error) : error
    } finally {
      rmSync(unfinished, { recursive: true, force: true })
    }
  }
  makeFolder(cache, 'KEYFLOW_CACHE')
  return withLock(`${target}.lock`, install, () => log(`${what}: another process is at it, waiting …`))
}
