import {
  choice,
  defineConfig,
  type Field,
  flag,
  integer,
  key256,
  keys256,
  optionalSecret,
  serviceFields,
  splitList,
  storeFields,
  text,
  url,
} from '@keyflow/runtime'
import { languageOf } from './domain/locale.ts'
import { isMailable } from './domain/mail-address.ts'
import { MAIL_TEMPLATES, type MailTemplate } from './domain/templates.ts'

export interface MailSender {
  readonly name: string
  readonly address: string
}

/** `Name <address>`, or the address alone. */
const sender = (
  env: string,
  options: { readonly doc: string; readonly default: string },
): Field<MailSender> => ({
  env,
  doc: options.doc,
  kind: 'text',
  fallback: options.default,
  secret: false,
  parse: (value) => {
    const [, name = '', address = value] = /^([^<>]*)<([^<>]+)>$/.exec(value.trim()) ?? []
    if (!isMailable(address.trim())) throw new Error('must be an address, or: Name <address>')
    return { name: name.trim().replace(/^"|"$/g, ''), address: address.trim() }
  },
})

/** The same field, which may be left empty: then it is null. */
const optional = <T>(field: Field<T>): Field<T | null> => ({
  ...field,
  fallback: '',
  parse: (value) => (value.trim() === '' ? null : field.parse(value)),
})

const checked = <T>(
  env: string,
  options: { readonly doc: string; readonly default: string },
  parse: (value: string) => T,
): Field<T> => ({
  env,
  doc: options.doc,
  kind: 'text',
  fallback: options.default,
  secret: false,
  parse: (value) => parse(value.trim()),
})

const color = (env: string, options: { readonly doc: string; readonly default: string }): Field<string> =>
  checked(env, options, (value) => {
    if (!/^#[0-9a-f]{6}$/i.test(value)) throw new Error('must be a color like #4f46e5')
    return value
  })

const mailAddress = (env: string, options: { readonly doc: string }): Field<string | null> =>
  optional(
    checked(env, { ...options, default: '' }, (value) => {
      if (!isMailable(value)) throw new Error('must be one mail address')
      return value
    }),
  )

const locale = (value: string): string => {
  if (languageOf(value) === null)
    throw new Error('must be a locale of English, German, French, Spanish or Japanese')
  return new Intl.Locale(value).toString()
}

const timeZone = (value: string): string => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone
  } catch {
    throw new Error('must be a time zone like Europe/Berlin')
  }
}

const templates = (value: string): readonly MailTemplate[] =>
  splitList(value).map((name) => {
    const found = MAIL_TEMPLATES.find((template) => template === name)
    if (found === undefined) throw new Error(`must name mails out of: ${MAIL_TEMPLATES.join(', ')}`)
    return found
  })

const webUrl = (env: string, doc: string): Field<string | null> =>
  optional(url(env, { doc, protocols: ['http', 'https'] }))

/** The one declaration of this service's configuration. */
export const config = defineConfig('notifier', {
  ...serviceFields({ http: 8790 }),
  ...storeFields('keyflow_notifier'),
  smtpUrl: url('SMTP_URL', {
    doc: 'Mail relay: smtp://user:password@host:port, or smtps:// for TLS from the start.',
    default: 'smtp://127.0.0.1:1025',
    protocols: ['smtp', 'smtps'],
    mayHoldPassword: true,
  }),
  smtpFallbackUrl: optional(
    url('SMTP_FALLBACK_URL', {
      doc: 'A second relay, for what the first one surely did not take. Empty for none.',
      protocols: ['smtp', 'smtps'],
      mayHoldPassword: true,
    }),
  ),
  smtpSinkUrl: optional(
    url('SMTP_SINK_URL', {
      doc: 'Where mail of test mode goes, and nobody real reads it. Empty: it is rendered and recorded, and goes nowhere.',
      protocols: ['smtp', 'smtps'],
      mayHoldPassword: true,
    }),
  ),
  testRecipients: checked(
    'MAIL_TEST_RECIPIENTS',
    {
      doc: 'Who gets mail of test mode from the real relay after all, marked [TEST]: addresses, or domains as @example.com, comma-separated.',
      default: '',
    },
    splitList,
  ),
  smtpRequireTls: flag('SMTP_REQUIRE_TLS', {
    doc: 'Refuse to hand mail over without TLS (STARTTLS); set it wherever the relay is not on this machine.',
    default: 'false',
  }),
  smtpConnections: integer('SMTP_CONNECTIONS', {
    doc: 'Mails that are handed over at the same time, each over a connection of its own.',
    default: '10',
    min: 1,
    max: 64,
  }),
  smtpDialogMs: integer('SMTP_DIALOG_MS', {
    doc: 'Longest that the relay may take over one mail; if its sender dies meanwhile, the outcome is unknown after half as long again.',
    default: '60000',
    min: 500,
    max: 600_000,
  }),
  mailFrom: sender('MAIL_FROM', {
    doc: 'Sender: Name <address>.',
    default: 'Keyflow <licenses@keyflow.localhost>',
  }),
  bounceAddress: mailAddress('BOUNCE_ADDRESS', {
    doc: 'Where reports of bounces come back to: b@bounce.example.com makes the envelope sender b+<message>@bounce.example.com. Empty: the sender, and reports cannot be told apart.',
  }),
  dkimSelector: text('DKIM_SELECTOR', {
    doc: 'Selector of the DKIM key, under the domain of MAIL_FROM; needs DKIM_PRIVATE_KEY. Empty when the relay signs.',
    default: '',
  }),
  dkimPrivateKey: optionalSecret('DKIM_PRIVATE_KEY', { doc: 'RSA key in PEM with which mails are signed.' }),
  supportAddress: text('SUPPORT_ADDRESS', {
    doc: 'Where customers may write to: Reply-To, and named in mails. Empty for none.',
    default: '',
  }),
  productName: text('PRODUCT_NAME', { doc: 'Name of the licensed product in mails.', default: 'Keyflow' }),
  logoUrl: webUrl(
    'BRAND_LOGO_URL',
    'Image at the head of mails, 160 by 32 pixels. Empty shows PRODUCT_NAME.',
  ),
  accent: color('BRAND_COLOR', { doc: 'Color of buttons and marks in mails.', default: '#4338ca' }),
  accentInk: color('BRAND_INK', { doc: 'Color of text upon BRAND_COLOR.', default: '#ffffff' }),
  portalUrl: webUrl(
    'PORTAL_URL',
    'Where customers manage their subscription, for a button in mails. Empty for none.',
  ),
  publicUrl: webUrl(
    'NOTIFIER_PUBLIC_URL',
    'Public base URL of this service, for unsubscribing with one click. Empty: optional mails carry no such link.',
  ),
  locale: checked(
    'MAIL_LOCALE',
    { doc: 'Language of mails to customers of whom none is known, and to operators.', default: 'en' },
    locale,
  ),
  timeZone: checked('MAIL_TIME_ZONE', { doc: 'Zone in which mails print dates.', default: 'UTC' }, timeZone),
  templatesDir: text('MAIL_TEMPLATES_DIR', {
    doc: 'Folder with templates of your own (docs/mails.md). Empty for none.',
    default: '',
  }),
  templatesOff: checked(
    'MAIL_TEMPLATES_OFF',
    { doc: 'Mails that are not sent, comma-separated.', default: 'license_renewed' },
    templates,
  ),
  operatorAddress: mailAddress('MAIL_OPERATORS', {
    doc: 'Who gets alerts and the daily digest. Empty for nobody.',
  }),
  slackWebhookUrl: optionalSecret('SLACK_WEBHOOK_URL', {
    doc: 'Incoming webhook (Slack or compatible) that is told what wants a person. Empty for none.',
  }),
  maxAgeHours: integer('MAIL_MAX_AGE_HOURS', {
    doc: 'Nothing is mailed about webhooks that are older when they are first seen: a lost ledger does not write to everybody again.',
    default: '168',
    min: 1,
  }),
  unknownWaitMs: integer('MAIL_UNKNOWN_WAIT_MS', {
    doc: 'How long to wait for a report before a mail of unknown outcome is sent again, where its template allows that.',
    default: '900000',
    min: 100,
  }),
  perMinute: integer('MAIL_PER_MINUTE', {
    doc: 'Most mails a minute and process, except those that carry a key. 0 for no limit.',
    default: '0',
  }),
  perDomainPerMinute: integer('MAIL_PER_DOMAIN_PER_MINUTE', {
    doc: 'The same to one recipient domain. 0 for no limit.',
    default: '0',
  }),
  perRecipientPerDay: integer('MAIL_PER_RECIPIENT_PER_DAY', {
    doc: 'Most mails to one address in a day before routine mails have to wait.',
    default: '10',
    min: 1,
  }),
  feedbackSecret: optionalSecret('MAIL_FEEDBACK_SECRET', {
    doc: 'Shared with whoever posts bounces to /api/v1/mail-feedback (HMAC). Empty closes it.',
  }),
  postmarkPassword: optionalSecret('POSTMARK_WEBHOOK_PASSWORD', {
    doc: 'Password of the basic authentication in the webhook URL given to Postmark. Empty closes it.',
  }),
  sesTopicArn: text('SES_TOPIC_ARN', {
    doc: 'SNS topic of SES notifications; others are refused. Empty closes it.',
    default: '',
  }),
  licenseApiUrl: url('LICENSE_API_URL', {
    doc: 'Public base URL of the license API, for the instructions in mails.',
    default: 'http://127.0.0.1:8788',
    protocols: ['http', 'https'],
  }),
  keyTransportSecrets: keys256('KEY_TRANSPORT_SECRET', {
    doc: 'Shared with licensing: license keys travel encrypted under it. While rotating the new one and then the old, comma-separated: here first, then in licensing.',
  }),
  ownSecret: optional(
    key256('NOTIFIER_SECRET', {
      doc: 'For hashes of addresses, unsubscribe links and return paths; changing it forgets who is suppressed. Empty = the last of KEY_TRANSPORT_SECRET: give that one here before it is rotated.',
    }),
  ),
  customerDeleted: choice('POLICY_CUSTOMER_DELETED', ['erase', 'keep'], {
    doc: 'What becomes of the personal data of a customer who is deleted in Stripe.',
    default: 'erase',
  }),
  leaseMs: integer('LEASE_MS', {
    doc: 'After this long (server time) another replica takes over the mail of one that died.',
    default: '30000',
    min: 500,
    max: 600_000,
  }),
})
export type NotifierConfig = ReturnType<typeof config.load>
