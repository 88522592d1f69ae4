import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { createMasterKeys, masterKeysField } from './master-keys.ts'

const field = masterKeysField('MASTER', { doc: '' })
const text = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`
const dataKey = randomBytes(32)

describe('master keys', () => {
  it('wrap with the first and unwrap with any', () => {
    const [old, young] = [text('2025'), text('2026')]
    const wrapped = field.parse(old).wrap('p', 'k', dataKey)
    const both = field.parse(`${young}, ${old}`)
    expect(both.unwrap('p', wrapped)).toEqual(dataKey)
    expect(both.wrap('p', 'k', dataKey).masterId).toBe('2026')
    expect(() => field.parse(young).unwrap('p', wrapped)).toThrow('cannot be opened')
  })

  it('do not open a key that was moved to another person', () => {
    const keys = createMasterKeys([['a', randomBytes(32)]])
    expect(() => keys.unwrap('other', keys.wrap('p', 'k', dataKey))).toThrow('cannot be opened')
  })

  it.each(['', 'nothing', 'id:short', `:${randomBytes(32).toString('base64')}`, `${text('a')},`])(
    'are refused when they are %j, without being quoted',
    (value) => {
      let message = ''
      try {
        field.parse(value)
      } catch (error) {
        message = (error as Error).message
      }
      expect(message).toContain('<id>:<32 bytes in base64>')
      expect(message).not.toContain(value === '' ? 'undefined' : value)
    },
  )

  it('have each id once', () => {
    expect(() => field.parse(`${text('a')},${text('a')}`)).toThrow('an id twice')
  })
})
