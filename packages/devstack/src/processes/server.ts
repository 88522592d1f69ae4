import type { Log } from '../downloads/progress.ts'
import type { ChildExit, Supervisor } from './supervisor.ts'

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
  readonly ended: () => Promise<ChildExit>
}

const LASTING: readonly string[] = ['SIGSTOP', 'SIGCONT', 'SIGUSR1', 'SIGUSR2', 'SIGHUP']

/** Whether a server ends on that signal, so that waiting for its end makes sense. */
export const endsByItself = (signal: NodeJS.Signals): boolean => !LASTING.includes(signal)
