import { createVerify, X509Certificate } from 'node:crypto'
import { parseJson } from './read-webhooks.ts'

/** A message of Amazon SNS as it is posted. */
export interface SnsEnvelope {
  readonly Type: string
  readonly MessageId: string
  readonly TopicArn: string
  readonly Message: string
  readonly Timestamp: string
  readonly SignatureVersion: string
  readonly Signature: string
  readonly SigningCertURL: string
  readonly Subject?: string
  readonly SubscribeURL?: string
  readonly Token?: string
}

/** Gives the PEM certificate behind a URL. */
export type FetchCertificate = (url: string) => Promise<string>

const NEEDED = [
  'Type',
  'MessageId',
  'TopicArn',
  'Message',
  'Timestamp',
  'SignatureVersion',
  'Signature',
  'SigningCertURL',
] as const

/** Only Amazon's own hosts: whoever may name another one signs whatever they like. */
const AMAZON = /^https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[\w./-]+\.pem$/
const SUBSCRIBE = /^https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/\?/
/** Notifications that are older are somebody's copies. */
const LONGEST_MS = 3_600_000

const SIGNED: Readonly<Record<string, readonly (keyof SnsEnvelope)[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
}

/** Null when it is no envelope. */
export const readEnvelope = (body: string): SnsEnvelope | null => {
  const json = parseJson(body)
  return json !== null && NEEDED.every((field) => typeof json[field] === 'string')
    ? (json as unknown as SnsEnvelope)
    : null
}

/** Whether Amazon signed it, for the topic that we expect, lately. */
export const isFromSns = async (
  envelope: SnsEnvelope,
  options: { readonly topicArn: string; readonly fetchCertificate: FetchCertificate; readonly now: Date },
): Promise<boolean> => {
  const fields = SIGNED[envelope.Type]
  const algorithm = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' }[envelope.SignatureVersion]
  if (fields === undefined || algorithm === undefined || envelope.TopicArn !== options.topicArn) return false
  if (!AMAZON.test(envelope.SigningCertURL)) return false
  if (!(Math.abs(options.now.getTime() - Date.parse(envelope.Timestamp)) <= LONGEST_MS)) return false
  const signed = fields
    .filter((field) => envelope[field] !== undefined)
    .map((field) => `${field}\n${envelope[field]}\n`)
    .join('')
  const certificate = new X509Certificate(await options.fetchCertificate(envelope.SigningCertURL))
  return createVerify(algorithm).update(signed).verify(certificate.publicKey, envelope.Signature, 'base64')
}

/** Where to confirm a subscription; null for an address that is not Amazon's. */
export const confirmationUrl = ({ Type, SubscribeURL }: SnsEnvelope): string | null =>
  Type === 'SubscriptionConfirmation' && SubscribeURL !== undefined && SUBSCRIBE.test(SubscribeURL)
    ? SubscribeURL
    : null

const CERTIFICATE_MS = 5000

/** Certificates are fetched once for each address. */
export const createFetchCertificate = (get: typeof fetch = fetch): FetchCertificate => {
  const known = new Map<string, Promise<string>>()
  return (url) => {
    const fetched =
      known.get(url) ??
      get(url, { signal: AbortSignal.timeout(CERTIFICATE_MS), redirect: 'error' }).then((response) => {
        if (!response.ok) throw new Error(`the certificate is not to be had: ${response.status}`)
        return response.text()
      })
    known.set(url, fetched)
    fetched.catch(() => known.delete(url))
    return fetched
  }
}
