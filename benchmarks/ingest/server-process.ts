import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pickFreePort, waitUntil } from '@keyflow/devstack'
import type { CpuProfile } from './cpu-profile.ts'

export interface ServerProcess {
  readonly name: string
  readonly port: number
  /** Microseconds of processor time so far. */
  readonly cpu: () => Promise<number>
  /** What the process did meanwhile, as V8's profiler saw it. */
  readonly profile: (meanwhile: () => Promise<unknown>) => Promise<CpuProfile>
  readonly stop: () => Promise<void>
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** The next message of a child. */
export const answerOf = async <T>(child: ChildProcess): Promise<T> => {
  const answered = new AbortController()
  const { signal } = answered
  const [answer] = await Promise.race([
    once(child, 'message', { signal }) as Promise<[T]>,
    once(child, 'exit', { signal }).then((): never => {
      throw new Error(`${child.spawnargs.join(' ')} ended`)
    }),
  ]).finally(() => answered.abort())
  return answer
}

/** Starts a TypeScript file of this folder as a process with a message channel; its output goes to `log`. */
export const startProcess = (
  file: string,
  options: { readonly env?: NodeJS.ProcessEnv; readonly args?: readonly string[]; readonly log: string },
): ChildProcess => {
  const output = openSync(join(tmpdir(), options.log), 'w')
  const child = spawn(process.execPath, [...(options.args ?? []), path(file)], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', output, output, 'ipc'],
  })
  closeSync(output)
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Starts a server under test and waits until `isReady`. */
export const startServer = async (
  name: string,
  file: string,
  options: { readonly env: NodeJS.ProcessEnv; readonly args?: readonly string[] },
): Promise<ServerProcess> => {
  const port = await pickFreePort()
  const opsPort = await pickFreePort()
  const child = startProcess(file, {
    env: { ...options.env, HTTP_PORT: String(port), OPS_PORT: String(opsPort) },
    args: ['--import', path('./report-usage.ts'), ...(options.args ?? [])],
    log: `keyflow-bench-${name}.log`,
  })
  const answers = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`)
    const url = `http://127.0.0.1:${options.env.READY_PATH === undefined ? port : opsPort}`
    const response = await fetch(url + (options.env.READY_PATH ?? '/')).catch(() => undefined)
    return response !== undefined && (options.env.READY_PATH === undefined || response.ok)
  }
  const ask = async <T>(question: string): Promise<T> => {
    child.send(question)
    return answerOf<T>(child)
  }
  await waitUntil(answers, { what: `${name} to be ready`, deadlineMs: 90_000 })
  return {
    name,
    port,
    cpu: () => ask<number>('usage'),
    profile: async (meanwhile) => {
      await ask('profile')
      await meanwhile()
      return ask<CpuProfile>('profiled')
    },
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}
