import { describe, expect, it } from '@jest/globals'
import { config } from './config.ts'

const KEY_TRANSPORT_SECRET = Buffer.alloc(32, 7).toString('base64')

describe('the configuration of the notifier', () => {
  it('needs nothing but the shared secret', () => {
    const loaded = config.load({ KEY_TRANSPORT_SECRET })
    expect(loaded.mailFrom).toEqual({ name: 'Keyflow', address: 'licenses@keyflow.localhost' })
    expect(loaded.httpPort).toBe(8790)
    expect(loaded.opsPort).toBe(9790)
  })

  it('refuses a sender that would not be one address', () => {
    for (const MAIL_FROM of ['nobody', 'A <a@b.example>, c@d.example', 'A <a@b.example\r\nBcc: c@d.example>'])
      expect(() => config.load({ KEY_TRANSPORT_SECRET, MAIL_FROM })).toThrow('MAIL_FROM')
  })

  it('takes an address without a name', () => {
    expect(config.load({ KEY_TRANSPORT_SECRET, MAIL_FROM: 'a@b.example' }).mailFrom).toEqual({
      name: '',
      address: 'a@b.example',
    })
  })

  it('shows no secret in the summary for the boot log', () => {
    const secrets = {
      KEY_TRANSPORT_SECRET,
      OPERATOR_TOKEN: 'token-of-operators',
      SMTP_URL: 'smtp://u:pass@h:25',
    }
    const shown = JSON.stringify(config.summary(config.load(secrets)))
    for (const secret of [KEY_TRANSPORT_SECRET, 'token-of-operators', 'u:pass'])
      expect(shown).not.toContain(secret)
  })
})
