import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { explainFailure } from '../explain-failure.ts'
import { setupError } from '../setup-error.ts'
import { reclaimDataDir, removePidFile, writePidFile } from './pid-file.ts'
import { isPortFree, pickFreePort, portInUse } from './ports.ts'
import { endsByItself, type Server, type ServerOptions } from './server.ts'
import { createSupervisor, type SupervisedChild } from './supervisor.ts'
import { waitUntil } from './wait-until.ts'

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
      if (endsByItself(signal)) await endChild(15_000, signal)
      else child?.signal(signal)
    },
    restart: async () => {
      await endChild(15_000)
      await waitUntil(() => isPortFree(port), { what: `port ${port} to be free`, deadlineMs: 5_000 })
      await launch()
    },
    ended: async () => child?.exited ?? { code: null, signal: null },
  }
}
