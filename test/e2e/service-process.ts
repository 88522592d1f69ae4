import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ChildExit, type Supervisor, waitUntil } from '@keyflow/devstack'
import { ROOT, type ServicePorts } from './service-settings.ts'

export interface ServiceProcess {
  readonly name: string
  readonly pid: number
  /** From the start of the process to ready, milliseconds. */
  readonly bootMs: number
  /** Sends the signal and resolves when the process is gone. */
  /** Resolves when it is gone, whoever ended it. */
  readonly exited: Promise<ChildExit>
  /** Sends the signal and resolves when the process is gone. */
  readonly kill: (signal: NodeJS.Signals) => Promise<ChildExit>
  /** Ends it in order; throws with its last words when it did not end well. */
  readonly stop: () => Promise<void>
}

export interface ServiceStart {
  /** Folder under services/. */
  readonly name: string
  readonly ports: ServicePorts
  readonly settings: Readonly<Record<string, string>>
  readonly supervisor: Supervisor
  readonly logFolder: string
}

const PRELOAD = join(ROOT, 'packages/runtime/src/telemetry/preload.ts')
const QUIET = ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning']
const READY_DEADLINE_MS = 60_000

const lastWords = (logFile: string): string => readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n')

/** Starts a service as in production, and waits until it says that it is ready. */
export const startService = async (start: ServiceStart): Promise<ServiceProcess> => {
  const { name, ports, supervisor } = start
  const logFile = join(start.logFolder, `${name}.log`)
  const child = await supervisor.start({
    name,
    command: process.execPath,
    args: [...QUIET, '--import', PRELOAD, join(ROOT, `services/${name}/src/main.ts`)],
    cwd: ROOT,
    env: start.settings,
    logFile,
  })
  const started = performance.now()
  const isReady = async (): Promise<boolean> => {
    if (!child.isRunning()) return true
    return (await fetch(`http://127.0.0.1:${ports.ops}/readyz`)).ok
  }
  await waitUntil(isReady, { what: `${name} to be ready`, deadlineMs: READY_DEADLINE_MS, everyMs: 10 })
  const bootMs = performance.now() - started
  if (!child.isRunning()) throw new Error(`${name} ended instead of getting ready:\n${lastWords(logFile)}`)
  return {
    name,
    pid: child.pid,
    bootMs,
    exited: child.exited,
    kill: (signal) => {
      child.signal(signal)
      return child.exited
    },
    stop: async () => {
      if (!child.isRunning()) return
      const { code, signal } = await child.end()
      if (code !== 0) throw new Error(`${name} ended with ${code ?? signal}:\n${lastWords(logFile)}`)
    },
  }
}
