import { defineConfig, flag, integer, serviceFields, splitList, storeFields, text } from '@keyflow/runtime'
import { parseNetwork } from './adapters/address-guard.ts'

const networks = () => {
  const field = text('OUTBOUND_ALLOWED_NETWORKS', {
    doc: 'Private networks that may be called all the same, comma-separated, e.g. 10.20.0.0/16. Empty = none.',
    default: '',
  })
  return { ...field, kind: 'list' as const, parse: (value: string) => splitList(value).map(parseNetwork) }
}

const instant = () => {
  const field = text('OUTBOUND_SILENT_BEFORE', {
    doc: 'Nothing that happened before this instant (ISO 8601) goes out by itself: set it while the database is rebuilt from the log.',
    default: '',
  })
  return {
    ...field,
    parse: (value: string): number => {
      if (value === '') return 0
      const at = Date.parse(value)
      if (Number.isNaN(at)) throw new Error('must be an instant in ISO 8601')
      return at
    },
  }
}

/** The one declaration of this service's configuration. */
export const config = defineConfig('outbound', {
  ...serviceFields({ http: 8791 }),
  ...storeFields('keyflow_outbound'),
  allowedNetworks: networks(),
  allowHttp: flag('OUTBOUND_ALLOW_HTTP', {
    doc: 'Let webhook endpoints have http:// addresses: whoever is on the way can then read what is sent.',
    default: 'false',
  }),
  timeoutMs: integer('OUTBOUND_TIMEOUT_MS', {
    doc: 'Longest that a receiver may take to answer.',
    default: '15000',
    min: 100,
    max: 60_000,
  }),
  perEndpoint: integer('WEBHOOK_CONCURRENCY', {
    doc: 'Deliveries to one endpoint at the same time, in one process.',
    default: '4',
    min: 1,
    max: 64,
  }),
  maxEndpoints: integer('WEBHOOK_MAX_ENDPOINTS', {
    doc: 'Most webhook endpoints.',
    default: '100',
    min: 1,
    max: 1000,
  }),
  disableAfterHours: integer('WEBHOOK_DISABLE_AFTER_HOURS', {
    doc: 'An endpoint that has taken nothing for so long is disabled.',
    default: '72',
    min: 0,
    max: 720,
  }),
  disableMinFailures: integer('WEBHOOK_DISABLE_MIN_FAILURES', {
    doc: 'And not before so many attempts have failed.',
    default: '10',
    min: 1,
  }),
  pollMs: integer('OUTBOUND_POLL_MS', {
    doc: 'How often each process looks for deliveries that are due again.',
    default: '500',
    min: 10,
    max: 60_000,
  }),
  silentBefore: instant(),
})
export type OutboundConfig = ReturnType<typeof config.load>
