import { describe, expect, it } from '@jest/globals'
import { headerText, isMailable, maskAddress } from './mail-address.ts'

describe('an address that mail can be sent to', () => {
  it.each(['a@b.example', 'first.last+tag@sub.example.com', 'jürgen@exämple.de'])('is %s', (email) => {
    expect(isMailable(email)).toBe(true)
  })

  it.each([
    '',
    'no-at.example',
    'two@at@signs.example',
    'a@b.example, c@d.example',
    'a@b.example;c@d.example',
    'Ada <a@b.example>',
    'a@b.example\r\nBcc: c@d.example',
    'a@b.example\u2028c',
    'a b@c.example',
    `${'x'.repeat(65)}@example.com`,
  ])('is not %j', (email) => {
    expect(isMailable(email)).toBe(false)
  })
})

describe('text in a header', () => {
  it('cannot end the line or begin another header', () => {
    expect(headerText('Eve\r\nBcc: all@example.com\u0000\u2028x')).toBe('Eve Bcc: all@example.com x')
  })

  it('is cut between characters, not inside one', () => {
    expect(headerText('😀😀😀', 2)).toBe('😀😀')
  })
})

describe('a masked address', () => {
  it('shows the first letter and the domain', () => {
    expect(maskAddress('jane.doe@example.com')).toBe('j•••@example.com')
  })

  it('shows nothing of what is no address', () => {
    expect(maskAddress('@x')).toBe('•••')
  })
})
