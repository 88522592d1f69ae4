// Runs beside its owner, in a session of its own so that a terminal's Ctrl-C does not reach the children. It starts
// them itself, hence no child can exist that it does not know; when the channel to the owner closes, for whatever
// reason (SIGKILL included), it ends them, last started first, and then itself.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, rmSync } from 'node:fs'
import type { SupervisorReport, SupervisorRequest } from './supervisor-messages.ts'

/** Between SIGTERM and SIGKILL, for each child. */
const PATIENCE_MS = Number(process.argv[2])

const children = new Map<number, ChildProcess>()
const directories: string[] = []

const report = (message: SupervisorReport): void => {
  if (process.connected) process.send?.(message)
}

const start = (request: Extract<SupervisorRequest, { do: 'spawn' }>): void => {
  const { id, command, args, env, cwd, logFile } = request
  let log: number | undefined
  try {
    log = openSync(logFile, 'a')
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', log, log] })
    child.once('error', (error) => report({ is: 'failed', id, reason: error.message }))
    child.once('spawn', () => {
      children.set(id, child)
      report({ is: 'spawned', id, pid: child.pid ?? 0 })
    })
    child.once('exit', (code, signal) => {
      children.delete(id)
      report({ is: 'exited', id, code, signal })
    })
  } catch (error) {
    report({ is: 'failed', id, reason: error instanceof Error ? error.message : String(error) })
  } finally {
    if (log !== undefined) closeSync(log)
  }
}

const end = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    const force = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    child.once('exit', () => {
      clearTimeout(force)
      resolve()
    })
    // A stopped process (SIGSTOP) would keep the SIGTERM pending for ever.
    child.kill('SIGCONT')
    child.kill('SIGTERM')
  })

process.on('message', (request: SupervisorRequest) => {
  if (request.do === 'spawn') start(request)
  if (request.do === 'kill') children.get(request.id)?.kill(request.signal)
  if (request.do === 'remove-at-end') directories.push(request.directory)
})

process.once('disconnect', async () => {
  for (const child of [...children.values()].reverse()) await end(child)
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
  process.exit(0)
})

// Only the owner's end ends a supervisor: a stray signal must not leave children behind.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
