import { relative } from 'node:path'
import type { Addresses } from '../stack.ts'
import type { Ports } from './ports.ts'
import { webhookUrl } from './program.ts'
import type { StateFolders } from './state-folders.ts'

const at = (port: number): string => `http://127.0.0.1:${port}`

/** Columns padded to their widest cell, as lines. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n')
}

/** Where everything is. */
export const addressTable = (
  ports: Ports,
  { brokers, mongoUrl }: Addresses,
  folders: StateFolders,
): string => {
  const ops = (port: number): string => `127.0.0.1:${port}`
  const state = relative(process.cwd(), folders.root) || '.'
  return table([
    ['', 'address', 'metrics, health'],
    ['webhooks', webhookUrl(ports), ops(ports.INGEST_OPS_PORT)],
    ['license API', `${at(ports.LICENSING_PORT)}/api/v1/licenses`, ops(ports.LICENSING_OPS_PORT)],
    ['dunning', at(ports.DUNNING_PORT), ops(ports.DUNNING_OPS_PORT)],
    ['notifier', at(ports.NOTIFIER_PORT), ops(ports.NOTIFIER_OPS_PORT)],
    ['outbound', at(ports.OUTBOUND_PORT), ops(ports.OUTBOUND_OPS_PORT)],
    ['inbox', `${at(ports.INBOX_PORT)}  (SMTP 127.0.0.1:${ports.SMTP_PORT})`, ''],
    ['Stripe sandbox', at(ports.STRIPE_SANDBOX_PORT), ''],
    ['Kafka', brokers.join(','), ''],
    // A given address may carry a password.
    ['MongoDB', mongoUrl.replace(/\/\/[^@/]*@/, '//…@'), ''],
    ['logs, secrets', `${state}/logs, ${state}/dev-secrets.json`, ''],
  ])
}
