import {
  ConfigError,
  type ConfigOf,
  choice,
  defineConfig,
  flag,
  integer,
  optionalSecret,
  serviceFields,
  splitList,
  storeFields,
  text,
} from '@keyflow/runtime'
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

const policies = () => {
  const field = text('MIRROR_KEYGEN_POLICIES', {
    doc: 'Which policy of Keygen stands for which tier: starter=<id>,pro=<id>.',
    default: '',
  })
  return {
    ...field,
    parse: (value: string): ReadonlyMap<string, string> =>
      new Map(
        splitList(value).map((pair) => {
          const [, tier, id] = /^([^=\s]+)=([^=\s]+)$/.exec(pair) ?? []
          if (tier === undefined || id === undefined)
            throw new Error('must hold pairs such as pro=<policy id>')
          return [tier, id]
        }),
      ),
  }
}

/** A URL without a slash at its end; '' = none. */
const optionalUrl = (env: string, options: { readonly doc: string }) => {
  const field = text(env, { ...options, default: '' })
  return {
    ...field,
    parse: (value: string): string => {
      const url = value === '' ? null : URL.parse(value)
      if (value !== '' && (url === null || !/^https?:$/.test(url.protocol) || url.username !== ''))
        throw new Error('must be a URL that starts with https:// or http://, without a user name')
      return value.replace(/\/+$/, '')
    },
  }
}

const declared = defineConfig('outbound', {
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
  slackWebhookUrl: optionalSecret('SLACK_WEBHOOK_URL', {
    doc: 'Incoming webhook (Slack or compatible) that is told when an endpoint is disabled. Empty for none.',
  }),
  pollMs: integer('OUTBOUND_POLL_MS', {
    doc: 'How often each process looks for deliveries that are due again.',
    default: '500',
    min: 10,
    max: 60_000,
  }),
  silentBefore: instant(),
  mirrorKind: choice('MIRROR_KIND', ['none', 'rest', 'keygen'], {
    doc: 'Outside license server that is kept equal to our licenses: one with POST and PATCH /api/v1/licenses, or Keygen.',
    default: 'none',
  }),
  mirrorUrl: optionalUrl('MIRROR_URL', { doc: 'Address of that server, e.g. https://api.keygen.sh.' }),
  mirrorToken: optionalSecret('MIRROR_TOKEN', { doc: 'Bearer token for that server.' }),
  mirrorMode: choice('MIRROR_MODE', ['live', 'test', 'both'], {
    doc: 'Licenses of which mode are mirrored.',
    default: 'live',
  }),
  mirrorProductId: text('MIRROR_PRODUCT_ID', {
    doc: "product_id on a REST server; empty = the license's own.",
    default: '',
  }),
  mirrorCustomerEmail: text('MIRROR_CUSTOMER_EMAIL', {
    doc: 'customer_email for a REST server that insists on one; {customer} becomes the Stripe id. Empty = none is sent.',
    default: '',
  }),
  keygenAccount: text('MIRROR_KEYGEN_ACCOUNT', { doc: 'Account on Keygen.', default: '' }),
  keygenPolicies: policies(),
})
export type OutboundConfig = ConfigOf<typeof declared.fields>

/** A mirror that is half configured would mirror nothing, and nobody would know. */
const withWholeMirror = (loaded: OutboundConfig): OutboundConfig => {
  const { mirrorKind, mirrorUrl, mirrorToken, keygenAccount, keygenPolicies } = loaded
  const isKeygen = mirrorKind === 'keygen'
  const missing = [
    mirrorUrl === '' ? 'MIRROR_URL' : null,
    mirrorToken === '' ? 'MIRROR_TOKEN' : null,
    isKeygen && keygenAccount === '' ? 'MIRROR_KEYGEN_ACCOUNT' : null,
    isKeygen && keygenPolicies.size === 0 ? 'MIRROR_KEYGEN_POLICIES' : null,
  ].filter((name) => name !== null)
  if (mirrorKind === 'none' || missing.length === 0) return loaded
  throw new ConfigError(
    'outbound',
    missing.map((name) => `${name} is not set: MIRROR_KIND=${mirrorKind} needs it`),
  )
}

/** The one declaration of this service's configuration. */
export const config: typeof declared = { ...declared, load: (env) => withWholeMirror(declared.load(env)) }
