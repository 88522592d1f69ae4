import { describe, expect, it } from '@jest/globals'
import { readDsn } from './read-dsn.ts'
import { createReturnPaths } from './return-paths.ts'

const ID = 'ab'.repeat(32)
const paths = createReturnPaths({
  secret: new Uint8Array(32),
  bounceAddress: 'b@bounce.example.com',
  sender: 'licenses@example.com',
})
const context = { shortIdOf: paths.shortIdOf }

const report = (of: {
  readonly to?: string
  readonly status?: string
  readonly type?: string
  readonly returned?: string
}): Buffer =>
  Buffer.from(
    [
      'From: Mail Delivery System <mailer-daemon@mx.example.net>',
      `To: ${of.to ?? paths.of(ID)}`,
      'Subject: Undelivered Mail Returned to Sender',
      'MIME-Version: 1.0',
      `Content-Type: multipart/report; report-type=delivery-status; boundary="x"`,
      '',
      '--x',
      'Content-Type: text/plain; charset=us-ascii',
      '',
      'I am sorry to have to inform you.',
      '--x',
      `Content-Type: ${of.type ?? 'message/delivery-status'}`,
      '',
      of.status ??
        [
          'Reporting-MTA: dns; mx.example.net',
          'Arrival-Date: Tue, 24 Nov 2026 08:00:00 +0000',
          '',
          'Final-Recipient: rfc822; nobody@example.org',
          'Action: failed',
          'Status: 5.1.1',
          'Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.org>:',
          '    Recipient address rejected',
        ].join('\r\n'),
      '--x',
      'Content-Type: message/rfc822',
      '',
      of.returned ?? `X-Keyflow-Message: ${ID.slice(0, 40)}\r\nSubject: Your key`,
      '',
      '--x--',
      '',
    ].join('\r\n'),
  )

const status = (action: string, code: string): string =>
  `Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; a@example.org\r\nAction: ${action}\r\nStatus: ${code}`

describe('a report that came back by mail', () => {
  it('says which mail bounced for good', async () => {
    expect(await readDsn(report({}), null, context)).toMatchObject({
      shortId: ID.slice(0, 40),
      kind: 'hard_bounce',
      detail: '5.1.1',
    })
  })

  it.each([
    ['failed', '5.2.2', 'soft_bounce'],
    ['failed', '5.7.1', 'soft_bounce'],
    ['failed', '4.4.7', 'soft_bounce'],
    ['failed', '5.0.0', 'hard_bounce'],
    ['delayed', '4.4.1', 'soft_bounce'],
    ['delivered', '2.0.0', 'delivered'],
    ['relayed', '2.1.9', 'delivered'],
  ])('with action %s and status %s is a %s', async (action, code, kind) => {
    expect((await readDsn(report({ status: status(action, code) }), null, context))?.kind).toBe(kind)
  })

  it('counts the worst of several recipients', async () => {
    const both = `${status('delivered', '2.0.0')}\r\n\r\nFinal-Recipient: rfc822; b\r\nAction: failed\r\nStatus: 5.1.1`
    expect((await readDsn(report({ status: both }), null, context))?.kind).toBe('hard_bounce')
  })

  it('of abuse is a complaint', async () => {
    const abuse = report({ type: 'message/feedback-report', status: 'Feedback-Type: abuse\r\nVersion: 1' })
    expect(await readDsn(abuse, null, context)).toMatchObject({ kind: 'complaint', detail: 'abuse' })
  })

  it('is known by the envelope recipient that a mail server names', async () => {
    const forwarded = report({ to: 'postmaster@example.com' })
    expect((await readDsn(forwarded, paths.of(ID), context))?.kind).toBe('hard_bounce')
  })

  it.each([
    ['came to no address of ours', 'b@bounce.example.com'],
    ['came to an address that was made up', `b+${ID.slice(0, 40)}-000000000000@bounce.example.com`],
  ])('that %s is nothing: anybody can write one', async (_what, to) => {
    expect(await readDsn(report({ to }), null, context)).toBeNull()
  })

  it('about another mail than the one its address stands for is nothing', async () => {
    const other = report({ returned: `X-Keyflow-Message: ${'cd'.repeat(20)}` })
    expect(await readDsn(other, null, context)).toBeNull()
  })

  it.each([
    [
      'an automatic reply',
      Buffer.from(`To: ${paths.of(ID)}\r\nSubject: Out of office\r\n\r\nBack on Monday.`),
    ],
    ['nothing', Buffer.alloc(0)],
    ['noise', Buffer.from([0, 255, 13, 10, 13, 10, 1])],
    ['a report without its groups', report({ status: 'Reporting-MTA: dns; mx' })],
  ])('that is %s is none', async (_what, raw) => {
    expect(await readDsn(raw, paths.of(ID), context)).toBeNull()
  })

  it('is the same report when it comes twice', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => readDsn(report({}), null, context)))
    expect(one?.id).toBe(two?.id)
  })
})
