import {
  choice,
  defineConfig,
  type Field,
  flag,
  integer,
  key256,
  serviceFields,
  storeFields,
  text,
  url,
} from '@keyflow/runtime'
import { isMailable } from './domain/mail-address.ts'

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
  supportAddress: text('SUPPORT_ADDRESS', {
    doc: 'Where customers may write to: Reply-To, and named in mails. Empty for none.',
    default: '',
  }),
  productName: text('PRODUCT_NAME', { doc: 'Name of the licensed product in mails.', default: 'Keyflow' }),
  licenseApiUrl: url('LICENSE_API_URL', {
    doc: 'Public base URL of the license API, for the instructions in mails.',
    default: 'http://127.0.0.1:8788',
    protocols: ['http', 'https'],
  }),
  keyTransportSecret: key256('KEY_TRANSPORT_SECRET', {
    doc: 'Shared with licensing: license keys travel encrypted under it.',
  }),
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
