import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SupervisorReport, SupervisorRequest } from './supervisor-messages.ts'

export interface ChildSpec {
  /** For messages only. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Added to this process's own environment (without its NODE_OPTIONS). */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Standard output and error are appended here. */
  readonly logFile: string
}

export interface ChildExit {
  readonly code: number | null
  readonly signal: string | null
}

export interface SupervisedChild {
  readonly name: string
  readonly pid: number
  readonly logFile: string
  /** Settles once the process is gone; never rejects. */
  readonly exited: Promise<ChildExit>
  readonly isRunning: () => boolean
  readonly signal: (signal: NodeJS.Signals) => void
  /** SIGTERM, then SIGKILL after the patience in milliseconds. */
  readonly end: (patienceMs?: number) => Promise<ChildExit>
}

export interface SupervisorOptions {
  /** How long it waits, once this process is gone, between SIGTERM and SIGKILL for each child. */
  readonly patienceMs?: number
}

export interface Supervisor {
  /** Rejects when the command cannot be started (not found, log file not writable). */
  readonly start: (spec: ChildSpec) => Promise<SupervisedChild>
  /** Has a directory removed when this process and all children are gone. */
  readonly removeAtEnd: (directory: string) => void
  /** Lets the supervisor go; children that still run are ended by it. */
  readonly close: () => Promise<void>
}

const MAIN = fileURLToPath(new URL('./supervisor-main.ts', import.meta.url))
const START_DEADLINE_MS = 15_000

const inheritedEnv = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || name === 'NODE_OPTIONS' ? [] : [[name, value]],
    ),
  )

const forceEnd = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It went together with its supervisor.
  }
}

interface Pending {
  readonly onSpawned: (pid: number) => void
  readonly onFailed: (reason: string) => void
  readonly onExited: (exit: ChildExit) => void
}

/**
 * Starts a small process that in turn starts children for this one and outlives it just long enough to end them:
 * however this process dies, nothing stays behind.
 */
export const createSupervisor = ({ patienceMs = 8_000 }: SupervisorOptions = {}): Supervisor => {
  const args = ['--disable-warning=ExperimentalWarning', MAIN, String(patienceMs)]
  const helper = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
    env: inheritedEnv(),
  })
  helper.unref()
  helper.channel?.unref()
  const pending = new Map<number, Pending>()
  const gone = new Promise<void>((resolve) => {
    helper.once('exit', () => resolve())
  })
  let nextId = 1

  helper.on('message', (message) => {
    const told = message as SupervisorReport
    const child = pending.get(told.id)
    if (told.is === 'spawned') child?.onSpawned(told.pid)
    if (told.is === 'failed') child?.onFailed(told.reason)
    if (told.is === 'exited') child?.onExited({ code: told.code, signal: told.signal })
  })
  helper.once('exit', () => {
    for (const child of pending.values()) child.onFailed('its supervisor has ended')
  })

  const ask = (request: SupervisorRequest): void => {
    if (helper.connected) helper.send(request)
  }

  const start = (spec: ChildSpec): Promise<SupervisedChild> => {
    mkdirSync(dirname(spec.logFile), { recursive: true })
    const id = nextId
    nextId += 1
    let running = false
    let childPid = 0
    let settle: (exit: ChildExit) => void = () => undefined
    const exited = new Promise<ChildExit>((resolve) => {
      settle = (exit) => {
        running = false
        pending.delete(id)
        resolve(exit)
      }
    })
    const signal = (name: NodeJS.Signals): void => ask({ do: 'kill', id, signal: name })
    const end = async (patienceMs = 10_000): Promise<ChildExit> => {
      // Also what keeps this process alive meanwhile: the channel to the supervisor does not.
      const force = setTimeout(() => signal('SIGKILL'), patienceMs)
      const keepAlive = setInterval(() => undefined, 1_000)
      signal('SIGTERM')
      const exit = await exited
      clearTimeout(force)
      clearInterval(keepAlive)
      return exit
    }

    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        clearTimeout(deadline)
        // The supervisor itself was killed: its child is now ours to end.
        if (running) forceEnd(childPid)
        settle({ code: null, signal: null })
        reject(new Error(`${spec.name} could not be started: ${reason}`))
      }
      const deadline = setTimeout(() => fail('no answer from its supervisor'), START_DEADLINE_MS)
      pending.set(id, {
        onSpawned: (pid) => {
          clearTimeout(deadline)
          running = true
          childPid = pid
          resolve({
            name: spec.name,
            pid,
            logFile: spec.logFile,
            exited,
            isRunning: () => running,
            signal,
            end,
          })
        },
        onFailed: fail,
        onExited: settle,
      })
      ask({
        do: 'spawn',
        id,
        command: spec.command,
        args: spec.args,
        env: { ...inheritedEnv(), ...spec.env },
        cwd: spec.cwd ?? process.cwd(),
        logFile: spec.logFile,
      })
    })
  }

  return {
    start,
    removeAtEnd: (directory) => ask({ do: 'remove-at-end', directory }),
    close: async () => {
      const keepAlive = setInterval(() => undefined, 1_000)
      if (helper.connected) helper.disconnect()
      await gone
      clearInterval(keepAlive)
    },
  }
}
