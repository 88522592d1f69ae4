import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { SECRET } from './signed-webhook.ts'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

export interface IngestProcess {
  readonly child: ChildProcess
  /** Everything it has written to standard output. */
  readonly output: () => string
  readonly exited: Promise<number | null>
}

/** Ingest as the process that is deployed, telemetry preload included. */
export const spawnIngest = (env: Readonly<Record<string, string>>): IngestProcess => {
  const child = spawn(
    process.execPath,
    ['--import', path('../../../packages/runtime/src/telemetry/preload.ts'), path('../src/main.ts')],
    { env: { STRIPE_WEBHOOK_SECRET: SECRET, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  const collect = (chunk: Buffer): void => {
    output += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return {
    child,
    output: () => output,
    exited: once(child, 'exit').then(([code]) => code as number | null),
  }
}
