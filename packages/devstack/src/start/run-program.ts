import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from '../checkout.ts'
import { diskFull, isDiskFull, lastLines } from '../explain-failure.ts'
import { reclaimDataDir, removePidFile, writePidFile } from '../processes/pid-file.ts'
import type { ChildExit, SupervisedChild, Supervisor } from '../processes/supervisor.ts'
import { waitUntil } from '../processes/wait-until.ts'
import { setupError } from '../setup-error.ts'
import type { Program } from './program.ts'
import type { StateFolders } from './state-folders.ts'

export interface RunningProgram {
  readonly name: string
  readonly child: SupervisedChild
  readonly stop: () => Promise<void>
}

const READY_DEADLINE_MS = 60_000
/** Longer than a service's own limit for its shutdown (20 s): only one that hangs is killed. */
const STOP_PATIENCE_MS = 25_000
const SHOWN_LINES = 12
const NEEDS_BYTES = 500 * 1024 * 1024

const howItEnded = ({ code, signal }: ChildExit): string =>
  signal === null ? `exit code ${code}` : `signal ${signal}`

/** The line that says which program ended, and its last words, each behind its name. */
export const lastWords = (name: string, logFile: string, exit: ChildExit | undefined): Error => {
  if (isDiskFull(lastLines(logFile, SHOWN_LINES))) return diskFull(dirname(logFile), NEEDS_BYTES)
  const words = lastLines(logFile, SHOWN_LINES)
    .split('\n')
    .map((line) => `${name} | ${line}`)
    .join('\n')
  const how =
    exit === undefined ? `was not ready within ${READY_DEADLINE_MS / 1000} s` : `ended (${howItEnded(exit)})`
  return setupError(`${name} ${how}; its log ${logFile} ends with:\n${words}`)
}

/** Ends what an earlier run, killed together with its supervisor, may have left of this program. */
export const reclaimProgram = (program: Program, folders: StateFolders): Promise<void> =>
  reclaimDataDir(join(folders.run, program.name), join(ROOT, program.script))

/** Starts a program under the supervisor and waits until it is ready; throws with its last words when it is not. */
export const runProgram = async (
  program: Program,
  supervisor: Supervisor,
  folders: StateFolders,
): Promise<RunningProgram> => {
  const { name, script } = program
  const runDir = join(folders.run, name)
  mkdirSync(runDir, { recursive: true })
  const quiet = ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning']
  const child = await supervisor.start({
    name,
    command: process.execPath,
    args: [...quiet, ...(program.nodeArgs ?? []), join(ROOT, script), ...(program.args ?? [])],
    cwd: ROOT,
    logFile: join(folders.logs, `${name}.log`),
    // Half of what these processes do until they are ready is reading and stripping their sources.
    env: { NODE_COMPILE_CACHE: folders.compiled, ...program.env },
  })
  writePidFile(runDir, child.pid)
  const isReady = async (): Promise<boolean> => !child.isRunning() || (await program.isReady())
  const inTime = await waitUntil(isReady, { what: name, deadlineMs: READY_DEADLINE_MS }).catch(() => false)
  if (!child.isRunning()) throw lastWords(name, child.logFile, await child.exited)
  if (!inTime) throw lastWords(name, child.logFile, undefined)
  return {
    name,
    child,
    stop: async () => {
      await child.end(STOP_PATIENCE_MS)
      removePidFile(runDir)
    },
  }
}
