import { describe, expect, it } from '@jest/globals'
import { MongoServerError } from 'mongodb'
import { scrub, serializeError } from './serialize-error.ts'

const KEY = 'KF-7Q2M9C-XW4T8Z-0ABCDE-FGHJKM-NPQRST-VWXY'

describe('what an error may say in a log line', () => {
  it.each([
    ['an address', 'no mailbox ada.lovelace+shop@mail.example.com here', 'no mailbox [email] here'],
    ['an address with letters of other alphabets', 'to müller@bücher.example!', 'to [email]!'],
    ['an address in a URL', 'GET /v1/customers?email=ada%40example.com', 'GET /v1/customers?email=[email]'],
    ['an address in brackets', 'RCPT TO:<ada@example.com> refused', 'RCPT TO:<[email]> refused'],
    ['a license key', `key ${KEY} is unknown`, 'key [key] is unknown'],
    ['a license key in small letters', `key ${KEY.toLowerCase()}`, 'key [key]'],
    ['a license key without dashes', `key ${KEY.replaceAll('-', '')}`, 'key [key]'],
    ['a Stripe key', 'Invalid API Key provided: sk_live_4eC39HqLyjWD', 'Invalid API Key provided: [secret]'],
    ['a restricted Stripe key', 'rk_test_51Abc', '[secret]'],
    ['a webhook secret', 'whsec_MfKQ9r8GKY+qNx/vBmRU= is malformed', '[secret] is malformed'],
    ['a bearer token', 'header Authorization: Bearer abc.def', 'header Authorization: Bearer [secret]'],
    ['a token', 'bad eyJhbGciOiJkaXIifQ..x.y.z at 3', 'bad [token] at 3'],
    [
      'a MongoDB URL',
      'mongodb://root:pa.ss@db.example.com/x down',
      'mongodb://[credentials]@db.example.com/x down',
    ],
    [
      'a password with an @ in it',
      'mongodb+srv://u:p@ss@db.example.com/?a=b',
      'mongodb+srv://[credentials]@db.example.com/?a=b',
    ],
    [
      'a password with a slash in it',
      'mongodb://u:p/ss@h.example.com',
      'mongodb://[credentials]@h.example.com',
    ],
    ['a password of another service', 'http://u:p@proxy:3128/', 'http://[credentials]@proxy:3128/'],
    ['a relay with a password', 'smtp://u:p%40x@relay:25', 'smtp://[credentials]@relay:25'],
  ])('hides %s', (_, text, safe) => {
    expect(scrub(text)).toBe(safe)
  })

  it.each([
    'connect ECONNREFUSED 127.0.0.1:27017',
    'mongodb://127.0.0.1:27017/?replicaSet=rs0',
    'evt_1Q2w3e of cus_9s6XKzkNRiz8i3 in stripe.events/3/1204',
    'at file:///app/node_modules/pkg@1.2.3/index.js:10:5',
  ])('leaves alone what an operator needs: %s', (text) => {
    expect(scrub(text)).toBe(text)
  })

  it('leaves out the values that a unique index refused', () => {
    const error = new MongoServerError({
      code: 11_000,
      message:
        'E11000 duplicate key error collection: shop.contacts index: by_name dup key: { name: "Lovelace" }',
      keyValue: { name: 'Lovelace' },
    })
    const line = serializeError(error)
    expect(line).toMatchObject({ code: 11_000, message: expect.stringContaining('dup key: [values]') })
    expect(JSON.stringify(line)).not.toContain('Lovelace')
  })

  it('is its name, code, message and a few frames, and nothing that hangs on it', () => {
    const error = Object.assign(new TypeError('first line\nmail to ada@example.com'), {
      code: 'E_ODD',
      document: { email: 'ada@example.com' },
    })
    const line = serializeError(error)
    expect(Object.keys(line)).toEqual(['name', 'code', 'message', 'stack'])
    expect(line).toMatchObject({ name: 'TypeError', code: 'E_ODD', message: 'first line\nmail to [email]' })
    expect(
      String(line.stack)
        .split('\n')
        .every((frame) => frame.startsWith('    at ')),
    ).toBe(true)
    expect(JSON.stringify(line)).not.toContain('ada@')
  })

  it('exists for whatever is thrown, without quoting it', () => {
    expect(serializeError('ada@example.com')).toEqual({ message: 'not an Error but: string' })
    expect(serializeError(undefined)).toEqual({ message: 'not an Error but: undefined' })
    expect(serializeError(Object.assign(new Error('x'), { message: 5, stack: 7 }))).toMatchObject({
      message: '5',
    })
    const hostile = Object.defineProperty(new Error('x'), 'message', {
      get: () => {
        throw new Error('do not look')
      },
    })
    expect(serializeError(hostile)).toEqual({ message: 'an Error that cannot be read' })
  })
})
