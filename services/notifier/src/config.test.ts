import { describe, expect, it } from '@jest/globals'
import { config } from './config.ts'

const SHARED = {
  KEY_TRANSPORT_SECRET: Buffer.alloc(32, 7).toString('base64'),
  PERSONAL_MASTER_KEYS: `test:${Buffer.alloc(32, 5).toString('base64')}`,
}

describe('the configuration of the notifier', () => {
  it('needs nothing but the shared secrets', () => {
    const loaded = config.load(SHARED)
    expect(loaded.mailFrom).toEqual({ name: 'Keyflow', address: 'licenses@keyflow.localhost' })
    expect(loaded.httpPort).toBe(8790)
    expect(loaded.opsPort).toBe(9790)
  })

  it('refuses a sender that would not be one address', () => {
    for (const MAIL_FROM of ['nobody', 'A <a@b.example>, c@d.example', 'A <a@b.example\r\nBcc: c@d.example>'])
      expect(() => config.load({ ...SHARED, MAIL_FROM })).toThrow('MAIL_FROM')
  })

  it('takes an address without a name', () => {
    expect(config.load({ ...SHARED, MAIL_FROM: 'a@b.example' }).mailFrom).toEqual({
      name: '',
      address: 'a@b.example',
    })
  })

  it('shows no secret in the summary for the boot log', () => {
    const secrets = {
      ...SHARED,
      OPERATOR_TOKEN: 'token-of-operators',
      SMTP_URL: 'smtp://u:pass@h:25',
    }
    const shown = JSON.stringify(config.summary(config.load(secrets)))
    for (const secret of [...Object.values(SHARED), 'token-of-operators', 'u:pass'])
      expect(shown).not.toContain(secret)
  })
})
