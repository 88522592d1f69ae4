import type { ConfigDeclaration, Environment, Fields } from '@keyflow/runtime'
import { topicsConfig } from '../../packages/cli/src/commands/topics/topics-config.ts'
import { config as dunning } from '../../services/dunning/src/config.ts'
import { config as ingest } from '../../services/ingest/src/config.ts'
import { config as licensing } from '../../services/licensing/src/config.ts'
import { config as notifier } from '../../services/notifier/src/config.ts'
import { config as outbound } from '../../services/outbound/src/config.ts'

const check = <F extends Fields>(declaration: ConfigDeclaration<F>) => ({
  names: Object.values(declaration.fields).map(({ env }) => env),
  /** Throws with every problem of the configuration. */
  load: (env: Environment): void => void declaration.load(env),
})

/** What each container may be told, by the name that it has in every deployment. */
export const WORKLOADS: ReadonlyMap<string, ReturnType<typeof check>> = new Map([
  ['ingest', check(ingest)],
  ['licensing', check(licensing)],
  ['dunning', check(dunning)],
  ['notifier', check(notifier)],
  ['outbound', check(outbound)],
  ['topics', check(topicsConfig)],
])

export const SERVICES = ['ingest', 'licensing', 'dunning', 'notifier', 'outbound'] as const

/** Read by the telemetry preload and by Node itself, not by a declaration. */
export const ANYWHERE: ReadonlySet<string> = new Set([
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_SERVICE_NAME',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'NODE_OPTIONS',
])
