import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Log } from '../downloads/progress.ts'
import { explainFailure } from '../explain-failure.ts'
import { setupError } from '../setup-error.ts'
import { reclaimDataDir, removePidFile, writePidFile } from './pid-file.ts'
import { isPortFree, pickFreePort, portInUse } from './ports.ts'
import { createSupervisor, type SupervisedChild, type Supervisor } from './supervisor.ts'
import { waitUntil } from './wait-until.ts'

export interface ServerOptions {
  /** A free one is picked when absent. */
  readonly port?: number
  /** Kept after `stop()`. When absent, a temporary one that vanishes with the server. */
  readonly dataDir?: string
  /** Default: `<name>.log` in the data directory. */
  readonly logFile?: string
  /** Progress for people; default: silence. */
  readonly log?: Log
  /** Share one among several servers; by default each server has its own. */
  readonly supervisor?: Supervisor
}

export interface Server {
  readonly kind: 'embedded' | 'docker'
  readonly port: number
  readonly logFile: string
  /** Process id while it runs; undefined when stopped or inside a container. */
  readonly pid: number | undefined
  /** Ends it in order; temporary data is removed. Safe to call twice. */
  readonly stop: () => Promise<void>
  /** Sends a signal; waits for the end when the signal ends it (not for SIGSTOP and SIGCONT). Data and port are kept. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>
  /** Stops it when it runs, and starts it on the same data and port; resolves when it serves again. */
  readonly restart: () => Promise<void>
  /** Settles when the process that runs now has ended, whoever ended it. */
  readonly ended: () => Promise<void>
}

export interface Launch {
  readonly command: string
  readonly args: readonly string[]
}

interface EmbeddedServer {
  /** Lower case, for file names; `what` is for people. */
  readonly name: string
  readonly what: string
  readonly portVariable: string
  readonly options: ServerOptions
  /** Makes the data directory ready and says how to start. Runs before every start. */
  readonly prepare: (dataDir: string, port: number) => Promise<Launch>
  /** Resolves when clients are served; polled, may throw while it is not. */
  readonly isReady: (port: number) => Promise<boolean>
  /** A better explanation for a start that failed; may throw it. */
  readonly diagnose?: () => Promise<void>
}

const START_DEADLINE_MS = 60_000
const LASTING: readonly string[] = ['SIGSTOP', 'SIGCONT', 'SIGUSR1', 'SIGUSR2', 'SIGHUP']

const makeTemporary = (name: string): string => realpathSync(mkdtempSync(join(tmpdir(), `keyflow-${name}-`)))

/** Runs one server program on this machine under a supervisor, on a data directory that is ours alone. */
export const startEmbeddedServer = async (server: EmbeddedServer): Promise<Server> => {
  const { what, name, portVariable, options } = server
  const temporary = options.dataDir === undefined
  const dataDir = options.dataDir === undefined ? makeTemporary(name) : resolve(options.dataDir)
  const port = options.port ?? (await pickFreePort())
  const logFile = options.logFile ?? join(dataDir, `${name}.log`)
  const supervisor = options.supervisor ?? createSupervisor()
  let child: SupervisedChild | undefined

  const explain = () => explainFailure({ what, logFile, dataDir, port, portVariable })

  const serves = async (running: SupervisedChild): Promise<boolean> => {
    if (!running.isRunning()) return true
    return server.isReady(port)
  }

  const launch = async (): Promise<void> => {
    mkdirSync(dataDir, { recursive: true })
    await reclaimDataDir(dataDir)
    if (!(await isPortFree(port))) throw setupError(portInUse(what, port, portVariable))
    const { command, args } = await server.prepare(dataDir, port)
    try {
      const started = await supervisor.start({ name: what, command, args, cwd: dataDir, logFile })
      child = started
      writePidFile(dataDir, started.pid)
      await waitUntil(() => serves(started), { what: `${what} to serve`, deadlineMs: START_DEADLINE_MS })
      if (!started.isRunning()) throw new Error(`${what} ended while it was starting`)
    } catch {
      if (child?.isRunning()) await child.end(2_000)
      await server.diagnose?.()
      throw explain()
    }
  }

  const endChild = async (patienceMs: number, signal?: NodeJS.Signals): Promise<void> => {
    if (!child?.isRunning()) return
    // A server that a test has frozen must thaw to see the SIGTERM.
    child.signal('SIGCONT')
    if (signal !== undefined) child.signal(signal)
    await child.end(patienceMs)
    removePidFile(dataDir)
  }

  const stop = async (): Promise<void> => {
    // Nobody will read temporary data again: no need to wait for an orderly end.
    await endChild(15_000, temporary ? 'SIGKILL' : undefined)
    if (temporary) rmSync(dataDir, { recursive: true, force: true })
    if (options.supervisor === undefined) await supervisor.close()
  }

  if (temporary) supervisor.removeAtEnd(dataDir)
  try {
    await launch()
  } catch (error) {
    await stop()
    throw error
  }

  return {
    kind: 'embedded',
    port,
    logFile,
    get pid() {
      return child?.isRunning() ? child.pid : undefined
    },
    stop,
    kill: async (signal = 'SIGKILL') => {
      if (LASTING.includes(signal)) child?.signal(signal)
      else await endChild(15_000, signal)
    },
    restart: async () => {
      await endChild(15_000)
      await waitUntil(() => isPortFree(port), { what: `port ${port} to be free`, deadlineMs: 5_000 })
      await launch()
    },
    ended: async () => {
      await child?.exited
    },
  }
}
