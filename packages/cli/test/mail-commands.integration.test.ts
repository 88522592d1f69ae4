import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pickFreePort, waitUntil } from '@keyflow/devstack'
import { type Inbox, startInbox } from '../../../services/notifier/test/inbox.ts'
import { createWorld, type World } from '../../../services/notifier/test/notifier-world.ts'
import { EXIT, runKeyflow } from '../src/index.ts'
import { pipes } from './world.ts'

const TOKEN = 'token-of-operators'

describe('keyflow mail', () => {
  let world: World
  let inbox: Inbox
  let address: string

  beforeAll(async () => {
    world = await createWorld()
    inbox = await startInbox()
    const port = await pickFreePort()
    address = `http://127.0.0.1:${port}`
    await world.startNotifier(inbox.url, { HTTP_PORT: String(port), OPERATOR_TOKEN: TOKEN })
  }, 60_000)
  afterAll(async () => {
    await world?.close()
    await inbox?.stop()
  })

  const keyflow = async (...line: readonly string[]) => {
    const { world: terminal, written } = pipes({
      KEYFLOW_NOTIFIER_URL: address,
      KEYFLOW_TOKEN: TOKEN,
      KEYFLOW_ACTOR: 'ada',
    })
    return { code: await runKeyflow(['mail', ...line], terminal), ...written }
  }
  const asked = async <T>(...line: readonly string[]): Promise<T> => {
    const { code, stdout, stderr } = await keyflow(...line, '--json')
    if (code !== EXIT.ok) throw new Error(`keyflow mail ${line.join(' ')}: ${code} ${stderr}`)
    return JSON.parse(stdout) as T
  }
  const mailsTo = (email: string) => inbox.accepted.filter(({ envelopeTo }) => envelopeTo.includes(email))

  /** A buyer who has got their key. */
  const buyer = async () => {
    const id = `cus_${randomUUID()}`
    const email = `${id}@example.com`
    const license = { id: randomUUID(), refs: [id], key: `KF-${randomUUID().toUpperCase()}` }
    await world.publishCustomer({ id, email })
    await world.publishLicenseEvent(await world.licenseEvent(license, 1))
    await waitUntil(
      async () => (await world.messages.findOne({ licenseId: license.id }))?.state === 'accepted',
      { what: 'the mail with the key', deadlineMs: 20_000 },
    )
    return { email, license }
  }

  it('lists what was written about a license and shows it, with neither key nor address', async () => {
    const { email, license } = await buyer()
    interface Line {
      readonly id: string
      readonly state: string
      readonly recipient: string
    }
    const [mail, ...more] = await asked<Line[]>('list', '--license', license.id)
    expect(more).toEqual([])
    expect(mail).toMatchObject({ template: 'license_issued', state: 'accepted' })
    expect(await asked<Line>('show', mail?.id ?? '')).toMatchObject({ id: mail?.id, state: 'accepted' })
    for (const { stdout } of [await keyflow('list'), await keyflow('show', mail?.id ?? '')]) {
      expect(stdout).toContain('license_issued')
      expect(stdout).not.toContain(license.key)
      expect(stdout).not.toContain(email)
    }
    expect((await keyflow('show', 'no-such-mail')).code).toBe(EXIT.failed)
    expect((await keyflow('list', '--state', 'eaten')).code).toBe(EXIT.usage)
  })

  it('sends a lost key again to whoever bought it, and keeps who ordered it and why', async () => {
    const { email, license } = await buyer()
    const order = ['resend', '--license', license.id, '--reason', 'ticket 4711']
    expect((await keyflow(...order)).code).toBe(EXIT.usage)
    const { message } = await asked<{ message: string }>(...order, '--yes')
    await waitUntil(() => mailsTo(email).length === 2, { what: 'the copy', deadlineMs: 20_000 })
    expect(mailsTo(email)[1]?.text).toContain(license.key)
    expect(await world.store.db.collection('mail_audit').findOne({ result: message })).toMatchObject({
      action: 'resend',
      actor: 'ada',
      reason: 'ticket 4711',
    })
  })

  it('sends an example through the real relay, in the language that is asked for', async () => {
    const to = `${randomUUID()}@example.com`
    const sent = await keyflow(
      'test',
      to,
      '--template',
      'payment_failed',
      '--locale',
      'de',
      '--reason',
      'a look',
    )
    expect([sent.code, sent.stdout]).toEqual([EXIT.ok, expect.stringContaining('Taken by the relay')])
    expect(mailsTo(to)[0]?.subject).toMatch(/^\[TEST\] .*Keyflow/)
    expect(mailsTo(to)[0]?.headers.get('content-language')).toBe('de')
    inbox.recipients.push(550)
    const refused = await keyflow('test', to)
    expect([refused.code, refused.stdout]).toEqual([EXIT.failed, expect.stringContaining('550')])
  })

  it('suppresses an address, says so, and releases it', async () => {
    const email = `${randomUUID()}@example.com`
    await asked('suppress', email, '--reason', 'asked by phone')
    const listed = await asked<{ id: string; reason: string; actor: string }[]>('suppressed')
    expect(listed).toContainEqual(expect.objectContaining({ reason: 'operator', actor: 'ada' }))
    expect(await asked<{ reason: string }[]>('suppressed', email)).toMatchObject([{ reason: 'operator' }])
    await asked('release', email, '--reason', 'changed their mind')
    expect(await asked('suppressed', email)).toEqual([])
    expect((await keyflow('release', email, '--reason', 'again')).code).toBe(EXIT.failed)
    const audit = await world.store.db.collection('mail_audit').find({ actor: 'ada' }).toArray()
    expect(audit.map(({ action, reason }) => `${action}: ${reason}`)).toEqual(
      expect.arrayContaining(['suppress: asked by phone', 'release: changed their mind']),
    )
  })
})
