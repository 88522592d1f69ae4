import { createHmac, createSign } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { CERTIFICATE, PRIVATE_KEY } from '../../test/signing-certificate.ts'
import { createReadReports } from './read-reports.ts'
import { createReturnPaths } from './return-paths.ts'

const ID = 'ab'.repeat(32)
const SHORT = ID.slice(0, 40)
const NOW = new Date('2026-11-24T08:00:00.000Z')
const paths = createReturnPaths({
  secret: new Uint8Array(32),
  bounceAddress: 'b@bounce.example.com',
  sender: 'licenses@example.com',
})
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ses'
const fetched: string[] = []
const reports = createReadReports({
  feedbackSecret: 'shared-with-the-relay',
  postmarkPassword: 'postmark-password',
  sesTopicArn: TOPIC,
  shortIdOf: paths.shortIdOf,
  clock: () => NOW,
  fetch: async (url) => {
    fetched.push(String(url))
    return new Response('ok')
  },
  fetchCertificate: async () => CERTIFICATE,
})

const post = (value: unknown, headers: Record<string, string> = {}) => ({
  headers,
  body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
})

describe('a report of our own kind', () => {
  const body = JSON.stringify({ id: 'r1', message: ID, kind: 'hard_bounce', detail: '5.1.1' })
  const sign = (text: string, at = NOW.getTime() / 1000): Record<string, string> => ({
    'x-keyflow-signature': `t=${at},v1=${createHmac('sha256', 'shared-with-the-relay').update(`${at}.${text}`).digest('hex')}`,
  })

  it('is taken when it is signed over its bytes', async () => {
    expect(await reports.generic(post(body, sign(body)))).toEqual({
      id: 'generic:r1',
      shortId: SHORT,
      kind: 'hard_bounce',
      detail: '5.1.1',
    })
  })

  it('is refused without signature, with another, or when it is old', async () => {
    const old = NOW.getTime() / 1000 - 301
    for (const headers of [{}, sign(`${body} `), sign(body, old), { 'x-keyflow-signature': 't=1,v1=00' }])
      expect(await reports.generic(post(body, headers))).toBe('refused')
  })

  it('says nothing when it does not say enough', async () => {
    for (const text of ['{}', 'no json', JSON.stringify({ id: 'r', message: ID, kind: 'eaten' })])
      expect(await reports.generic(post(text, sign(text)))).toBeNull()
  })
})

describe('a webhook of Postmark', () => {
  const authorization = `Basic ${Buffer.from('keyflow:postmark-password').toString('base64')}`
  const of = (event: object) => post({ ID: 7, Metadata: { message: SHORT }, ...event }, { authorization })

  it.each([
    [{ RecordType: 'Bounce', Type: 'HardBounce' }, 'hard_bounce'],
    [{ RecordType: 'Bounce', Type: 'Transient' }, 'soft_bounce'],
    [{ RecordType: 'SpamComplaint', Type: 'SpamComplaint' }, 'complaint'],
    [{ RecordType: 'Delivery', MessageID: 'm' }, 'delivered'],
  ])('is understood: %j', async (event, kind) => {
    expect(await reports.postmark(of(event))).toMatchObject({ shortId: SHORT, kind })
  })

  it('is refused without its password', async () => {
    const wrong = `Basic ${Buffer.from('keyflow:guess').toString('base64')}`
    for (const headers of [{}, { authorization: wrong }, { authorization: 'Bearer postmark-password' }])
      expect(await reports.postmark(post({ RecordType: 'Bounce' }, headers))).toBe('refused')
  })

  it('about mail of somebody else is nothing', async () => {
    expect(
      await reports.postmark(post({ RecordType: 'Bounce', Type: 'HardBounce' }, { authorization })),
    ).toBeNull()
  })
})

describe('a notification of SES', () => {
  const notification = (of: object) => JSON.stringify({ mail: { source: paths.of(ID), headers: [] }, ...of })
  const bounce = notification({
    notificationType: 'Bounce',
    bounce: { bounceType: 'Permanent', bounceSubType: 'General' },
  })
  const envelope = (of: Record<string, string> = {}) => {
    const fields: Record<string, string> = {
      Type: 'Notification',
      MessageId: 'sns-1',
      TopicArn: TOPIC,
      Message: bounce,
      Timestamp: NOW.toISOString(),
      SignatureVersion: '2',
      SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem',
      ...of,
    }
    const names =
      fields.Type === 'Notification'
        ? ['Message', 'MessageId', 'Timestamp', 'TopicArn', 'Type']
        : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
    const text = names.map((name) => `${name}\n${fields[name]}\n`).join('')
    const Signature = createSign('RSA-SHA256').update(text).sign(PRIVATE_KEY, 'base64')
    return { ...fields, Signature }
  }

  it('is taken when Amazon signed it for our topic', async () => {
    expect(await reports.ses(post(envelope()))).toEqual({
      id: 'ses:sns-1',
      shortId: SHORT,
      kind: 'hard_bounce',
      detail: 'General',
    })
  })

  it.each([
    ['complaint', { notificationType: 'Complaint', complaint: { complaintFeedbackType: 'abuse' } }],
    ['delivered', { eventType: 'Delivery' }],
    ['soft_bounce', { notificationType: 'Bounce', bounce: { bounceType: 'Transient' } }],
  ])('can be: %s', async (kind, of) => {
    expect(await reports.ses(post(envelope({ Message: notification(of) })))).toMatchObject({ kind })
  })

  it('finds the mail by its header where the return path was replaced', async () => {
    const headers = [{ name: 'X-Keyflow-Message', value: SHORT }]
    const Message = notification({ mail: { source: 'x@amazonses.com', headers }, eventType: 'Delivery' })
    expect(await reports.ses(post(envelope({ Message })))).toMatchObject({ shortId: SHORT })
  })

  it.each([
    ['was altered', () => ({ ...envelope(), Message: bounce.replace('Permanent', 'Transient') })],
    ['is for another topic', () => envelope({ TopicArn: `${TOPIC}-other` })],
    [
      'names a certificate that is not Amazon’s',
      () => envelope({ SigningCertURL: 'https://evil.example/sns.pem' }),
    ],
    ['is hours old', () => envelope({ Timestamp: '2026-11-24T03:00:00.000Z' })],
    ['is no envelope', () => ({ hello: 'world' })],
  ])('that %s is refused', async (_what, make) => {
    expect(await reports.ses(post(make()))).toBe('refused')
  })

  it('confirms a subscription at Amazon, and nowhere else', async () => {
    const confirm = (SubscribeURL: string) =>
      post(envelope({ Type: 'SubscriptionConfirmation', Token: 'token', SubscribeURL }))
    const url = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=token'
    expect(await reports.ses(confirm(url))).toBeNull()
    await reports.ses(confirm('https://evil.example/?Action=ConfirmSubscription'))
    expect(fetched).toEqual([url])
  })
})

describe('a way that is not configured', () => {
  it('is closed', async () => {
    const none = createReadReports({
      feedbackSecret: '',
      postmarkPassword: '',
      sesTopicArn: '',
      shortIdOf: paths.shortIdOf,
      clock: () => NOW,
    })
    for (const read of [none.generic, none.postmark, none.ses]) expect(await read(post({}))).toBe('closed')
  })
})
