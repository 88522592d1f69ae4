import { createLogger } from '@keyflow/runtime'
import type { EventLog } from '../src/adapters/event-log.ts'
import { createApp, type Overrides } from '../src/app.ts'
import { config } from '../src/config.ts'
import { SECRET } from './signed-webhook.ts'

export interface StartedIngest {
  readonly http: string
  readonly ops: string
  readonly stop: () => Promise<void>
  /** Samples of its metrics that are not 0, by name with labels. */
  readonly metrics: () => Promise<Readonly<Record<string, number>>>
}

/** Ingest on free ports, with what a test replaces. */
export const startIngest = async (
  env: Readonly<Record<string, string>> = {},
  overrides: Overrides = {},
): Promise<StartedIngest> => {
  const loaded = config.load({ STRIPE_WEBHOOK_SECRET: SECRET, HTTP_PORT: '0', OPS_PORT: '0', ...env })
  const stopping = new AbortController()
  const logger = createLogger({ service: 'ingest', level: 'silent' })
  const onFatal = (error: Error): void => {
    throw error
  }
  const app = createApp(loaded, { logger, onFatal, signal: stopping.signal }, overrides)
  await app.start()
  const addresses = app.addresses()
  return {
    ...addresses,
    stop: async () => {
      stopping.abort()
      await app.stop()
    },
    metrics: async () => samplesOf(await (await fetch(`${addresses.ops}/metrics`)).text()),
  }
}

const samplesOf = (text: string): Record<string, number> => {
  const samples: Record<string, number> = {}
  for (const line of text.split('\n')) {
    const [, name, value] = /^(\w+(?:\{.*\})?) (\S+)$/.exec(line) ?? []
    if (name !== undefined && Number(value) !== 0) samples[name] = Number(value)
  }
  return samples
}

export interface Appended {
  readonly key: string
  readonly value: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/** A log in memory; `answer` decides about each append. */
export const createFakeLog = (answer: () => Promise<void> = async () => {}) => {
  const appended: Appended[] = []
  const log: EventLog = {
    append: async (key, value, headers) => {
      await answer()
      appended.push({ key, value, headers })
    },
    isReady: async () => true,
    open: async () => {},
    close: async () => {},
  }
  return { log, appended }
}
