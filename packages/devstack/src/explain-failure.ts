import { readFileSync } from 'node:fs'
import { setupError } from './setup-error.ts'

const MB = 1024 * 1024

/** True for an error, or a program's last words, that mean a full disk. */
export const isDiskFull = (error: unknown): boolean => {
  const text =
    error instanceof Error ? `${(error as NodeJS.ErrnoException).code} ${error.message}` : String(error)
  return /ENOSPC|No space left on device|EDQUOT|Disk quota exceeded/i.test(text)
}

/** The line for a full disk. */
export const diskFull = (directory: string, needsBytes: number, cause?: unknown): Error =>
  setupError(
    `The disk of ${directory} is full: about ${Math.ceil(needsBytes / MB)} MB are needed there. Free some space and start again.`,
    cause,
  )

/** The last lines of a log file; empty when there is none. */
export const lastLines = (file: string, count: number): string => {
  try {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    return lines.slice(-count).join('\n')
  } catch {
    return ''
  }
}

interface Failure {
  /** `Kafka` or `MongoDB`. */
  readonly what: string
  readonly logFile: string
  readonly dataDir: string
  readonly port: number
  /** Environment variable that changes the port. */
  readonly portVariable: string
}

const NEEDS_BYTES = 500 * MB

/** Turns the last words of a server that did not come up into one line that says what to do. */
export const explainFailure = ({ what, logFile, dataDir, port, portVariable }: Failure): Error => {
  const words = lastLines(logFile, 60)
  if (isDiskFull(words)) return diskFull(dataDir, NEEDS_BYTES)
  if (/Address already in use|BindException|EADDRINUSE/i.test(words))
    return setupError(
      `${what}: port ${port} on 127.0.0.1 is in use by another program: stop it, or set ${portVariable} to a free port.`,
    )
  if (/UnsupportedClassVersionError/.test(words))
    return setupError(
      `${what} needs Java 17 or newer: install a newer JDK and make it the first \`java\` on the PATH.`,
    )
  if (/Failed to acquire lock on file|DBPathInUse|Another mongod instance is already running/i.test(words))
    return setupError(`${what}: ${dataDir} is in use by another process: stop that one first.`)
  if (/InconsistentClusterIdException|Invalid cluster\.id|InconsistentBrokerMetadata/i.test(words))
    return setupError(
      `${what}: the data in ${dataDir} belongs to another cluster: start with --fresh to wipe it.`,
    )
  if (/Cannot allocate memory|OutOfMemoryError/i.test(words))
    return setupError(`${what} got no memory: it needs about 600 MB; end other programs and start again.`)
  const library = /error while loading shared libraries: (\S+):/.exec(words)?.[1]
  if (library !== undefined)
    return setupError(
      `${what} needs the system library ${library}, which is not installed: install it and start again.`,
    )
  return setupError(`${what} did not start; its log ${logFile} ends with:\n${lastLines(logFile, 8)}`)
}
