import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Finished {
  readonly code: number | null
  readonly output: string
}

export interface Running {
  /** Resolves when the output matches; rejects when the process ends before, or after 20 s. */
  readonly says: (pattern: RegExp) => Promise<string>
  /** Ends the process and whatever it started, as Ctrl-C does, and gives its exit code. */
  readonly end: (signal?: NodeJS.Signals) => Promise<Finished>
  readonly finished: Promise<Finished>
}

const PATIENCE_MS = 20_000

/** Runs a command in a process group of its own, so that a wrapper and its child end together. */
export const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv): Running => {
  const child = spawn(command, args, { detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const watchers = new Set<() => void>()
  const hear = (chunk: Buffer): void => {
    output += chunk.toString()
    for (const watcher of watchers) watcher()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => resolve({ code, output }))
  })
  return {
    finished,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const stop = (then: () => void): void => {
          clearTimeout(deadline)
          watchers.delete(look)
          then()
        }
        const look = (): void => {
          const found = pattern.exec(output)
          if (found !== null) stop(() => resolve(found[0]))
        }
        const fail = (why: string): void =>
          stop(() => reject(new Error(`${command} ${args[0]}: ${why}\n${output}`)))
        const deadline = setTimeout(() => fail(`said nothing like ${pattern}`), PATIENCE_MS)
        watchers.add(look)
        void finished.then(() => fail('ended'))
        look()
      }),
    end: async (signal = 'SIGINT') => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal)
      return finished
    },
  }
}

const ROOT = join(import.meta.dirname, '../../..')

/** The real Stripe CLI with a home of its own, no telemetry and no way to the network. */
export const stripeCli = (apiBase: string) => {
  const home = mkdtempSync(join(tmpdir(), 'stripe-cli-'))
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    HTTPS_PROXY: 'http://127.0.0.1:9',
    STRIPE_API_KEY: 'sk_test_sandbox',
    STRIPE_CLI_TELEMETRY_OPTOUT: '1',
  }
  const command = join(ROOT, 'node_modules/.bin/stripe')
  return {
    run: (...args: readonly string[]) => run(command, [...args, '--api-base', apiBase], env),
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

/** The sandbox as its own process, on a free port. */
export const sandboxProcess = (env: Record<string, string>) =>
  run(process.execPath, [join(ROOT, 'packages/stripe-sandbox/src/main.ts')], {
    PATH: process.env.PATH,
    STRIPE_SANDBOX_PORT: '0',
    ...env,
  })
