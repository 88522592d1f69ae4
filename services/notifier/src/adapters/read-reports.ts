import type { IncomingHttpHeaders } from 'node:http'
import type { MailFeedback } from '../domain/mail-feedback.ts'
import { readDsn } from './read-dsn.ts'
import {
  hasBasicPassword,
  isSignedGeneric,
  parseJson,
  readGeneric,
  readPostmark,
  readSes,
} from './read-webhooks.ts'
import {
  confirmationUrl,
  createFetchCertificate,
  type FetchCertificate,
  isFromSns,
  readEnvelope,
} from './sns-envelope.ts'

/** Reads one kind of report. `refused`: not from whom it says it is; `closed`: not configured; null: nothing that concerns us. */
export type ReadReport = (report: {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}) => Promise<MailFeedback | null | 'refused' | 'closed'>

export interface ReadReportsOptions {
  /** Each empty one closes its way. */
  readonly feedbackSecret: string
  readonly postmarkPassword: string
  readonly sesTopicArn: string
  readonly shortIdOf: (address: string) => string | null
  readonly clock: () => Date
  readonly fetch?: typeof fetch
  readonly fetchCertificate?: FetchCertificate
}

/** The ways in which reports come, each with the proof of who sent it. */
export const createReadReports = (
  options: ReadReportsOptions,
): Record<'generic' | 'postmark' | 'ses' | 'dsn', ReadReport> => {
  const { shortIdOf, clock } = options
  const get = options.fetch ?? fetch
  const fetchCertificate = options.fetchCertificate ?? createFetchCertificate(get)
  return {
    generic: async ({ headers, body }) => {
      if (options.feedbackSecret === '') return 'closed'
      const text = body.toString('utf8')
      const signature = String(headers['x-keyflow-signature'] ?? '')
      if (!isSignedGeneric(options.feedbackSecret, signature, text, clock())) return 'refused'
      const json = parseJson(text)
      return json === null ? null : readGeneric(json)
    },
    postmark: async ({ headers, body }) => {
      if (options.postmarkPassword === '') return 'closed'
      if (!hasBasicPassword(headers.authorization, options.postmarkPassword)) return 'refused'
      const json = parseJson(body.toString('utf8'))
      return json === null ? null : readPostmark(json)
    },
    ses: async ({ body }) => {
      const { sesTopicArn: topicArn } = options
      if (topicArn === '') return 'closed'
      const envelope = readEnvelope(body.toString('utf8'))
      if (envelope === null) return 'refused'
      if (!(await isFromSns(envelope, { topicArn, fetchCertificate, now: clock() }))) return 'refused'
      const confirm = confirmationUrl(envelope)
      if (confirm !== null) {
        await (await get(confirm, { signal: AbortSignal.timeout(5000), redirect: 'error' })).body?.cancel()
        return null
      }
      const message = parseJson(envelope.Message)
      return message === null ? null : readSes(envelope.MessageId, message, shortIdOf)
    },
    dsn: async ({ headers, body }) =>
      readDsn(body, typeof headers['x-envelope-to'] === 'string' ? headers['x-envelope-to'] : null, {
        shortIdOf,
      }),
  }
}
