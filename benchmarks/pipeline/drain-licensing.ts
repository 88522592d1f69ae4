import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { pickFreePort, waitUntil } from '@keyflow/devstack'

const MAIN = fileURLToPath(new URL('../../services/licensing/src/main.ts', import.meta.url))

export interface DrainResult {
  readonly seconds: number
  readonly applied: number
}

/** Starts the real licensing service on a backlog and reads from its metrics when it has drained it. */
export const drainLicensing = async (options: {
  readonly brokers: readonly string[]
  readonly mongoUrl: string
  readonly database: string
  readonly topicPrefix: string
  readonly expected: number
  readonly nodeArgs?: readonly string[]
}): Promise<DrainResult> => {
  const opsPort = await pickFreePort()
  const child: ChildProcess = spawn(process.execPath, [...(options.nodeArgs ?? []), MAIN], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      KAFKA_BROKERS: options.brokers.join(','),
      MONGODB_URL: options.mongoUrl,
      MONGODB_DATABASE: options.database,
      TOPIC_PREFIX: options.topicPrefix,
      HTTP_PORT: String(await pickFreePort()),
      OPS_PORT: String(opsPort),
      LOG_LEVEL: 'error',
      ISSUER_SECRET: 'a benchmark needs no secret, but 32 characters',
      KEY_TRANSPORT_SECRET: Buffer.alloc(32, 1).toString('base64'),
      PERSONAL_MASTER_KEYS: `test:${Buffer.alloc(32, 5).toString('base64')}`,
      STRIPE_API_KEY: 'sk_live_benchmark0',
      STRIPE_API_BASE: 'http://127.0.0.1:9',
    },
  })
  try {
    const read = async (): Promise<number> => processed(await metrics(opsPort))
    let first = 0
    await waitUntil(
      async () => {
        if (child.exitCode !== null) throw new Error('licensing ended')
        const count = await read()
        if (count > 0 && first === 0) first = performance.now()
        return count >= options.expected
      },
      { what: 'the backlog to drain', deadlineMs: 300_000, everyMs: 100 },
    )
    const seconds = (performance.now() - first) / 1000
    return { seconds, applied: await read() }
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

const metrics = async (port: number): Promise<string> => {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined)
  return answer === undefined ? '' : answer.text()
}

const processed = (text: string): number =>
  [...text.matchAll(/^keyflow_events_processed_total\{[^}]*\} (\d+)/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  )
