import { describe, expect, it } from '@jest/globals'
import {
  choice,
  type Field,
  flag,
  integer,
  key256,
  list,
  optionalSecret,
  port,
  secret,
  secrets,
  text,
  url,
} from './fields.ts'

const doc = 'For the test.'
const KEY = Buffer.alloc(32, 9)

const ACCEPTED: readonly (readonly [string, Field<unknown>, string, unknown])[] = [
  ['a port', port('X', { doc }), '8787', 8787],
  ['port 0, a free one', port('X', { doc }), '0', 0],
  ['an integer inside its bounds', integer('X', { doc, min: 1, max: 5 }), '5', 5],
  ['text', text('X', { doc }), ' as it is ', ' as it is '],
  ['empty text where that is the default', text('X', { doc, default: '' }), '', ''],
  ['a flag', flag('X', { doc }), 'true', true],
  ['one of several choices', choice('X', ['a', 'b'], { doc }), 'b', 'b'],
  ['a list', list('X', { doc }), 'a:1, b:2,', ['a:1', 'b:2']],
  ['a URL', url('X', { doc, protocols: ['http', 'https'] }), 'https://host/path', 'https://host/path'],
  [
    'a URL with a password where one belongs',
    url('X', { doc, protocols: ['mongodb'], mayHoldPassword: true }),
    'mongodb://u:p@host/',
    'mongodb://u:p@host/',
  ],
  ['a secret', secret('X', { doc, minLength: 8 }), '12345678', '12345678'],
  ['no secret where that closes a door', optionalSecret('X', { doc }), '', ''],
  ['several secrets', secrets('X', { doc, check: () => {} }), 'new, old', ['new', 'old']],
  ['a key in base64', key256('X', { doc }), KEY.toString('base64'), new Uint8Array(KEY)],
  ['a key in base64url', key256('X', { doc }), KEY.toString('base64url'), new Uint8Array(KEY)],
]

const REFUSED: readonly (readonly [string, Field<unknown>, string, RegExp])[] = [
  ['a port out of range', port('X', { doc }), '65536', /whole number from 0 to 65535/],
  ['an empty port, which would be port 0', port('X', { doc }), '', /whole number/],
  ['a port in scientific notation', port('X', { doc }), '1e3', /whole number/],
  ['a port with a unit', port('X', { doc }), '80s', /whole number/],
  ['half an integer', integer('X', { doc }), '1.5', /whole number/],
  ['an integer under its bound', integer('X', { doc, min: 1 }), '0', /whole number from 1/],
  ['empty text', text('X', { doc, default: 'something' }), ' ', /must not be empty/],
  ['a flag in other words', flag('X', { doc }), 'yes', /must be true or false/],
  ['a choice that is none', choice('X', ['a', 'b'], { doc }), 'toString', /must be one of a, b/],
  ['a list of nothing', list('X', { doc }), ' , ', /must name at least one/],
  ['a URL of another protocol', url('X', { doc, protocols: ['https'] }), 'ftp://h', /starts with https/],
  ['what is no URL', url('X', { doc, protocols: ['https'] }), 'https:host', /must be a URL/],
  [
    'a password in a URL that is shown',
    url('X', { doc, protocols: ['https'] }),
    'https://u:p@h',
    /must not hold a user name/,
  ],
  ['an empty secret', secret('X', { doc, minLength: 8 }), '', /must not be empty/],
  ['a blank secret', secret('X', { doc, minLength: 2 }), '   ', /must not be empty/],
  ['a secret with a blank around it', secret('X', { doc, minLength: 2 }), 'abc ', /white space/],
  ['a short secret', secret('X', { doc, minLength: 8 }), 'abc', /at least 8 characters/],
  ['a short optional secret', optionalSecret('X', { doc }), 'abc', /at least 16 characters/],
  ['a hole among secrets', secrets('X', { doc, check: () => {} }), 'a,,b', /an empty secret/],
  ['a secret twice', secrets('X', { doc, check: () => {} }), 'a,b,a', /the same secret twice/],
  ['a key of 31 bytes', key256('X', { doc }), Buffer.alloc(31, 9).toString('base64'), /32 bytes/],
  ['a key with signs that base64 lacks', key256('X', { doc }), `${KEY.toString('base64')}!?`, /32 bytes/],
]

describe('configuration fields', () => {
  it.each(ACCEPTED)('accept %s', (_, field, value, parsed) => {
    expect(field.parse(value)).toEqual(parsed)
  })

  it.each(REFUSED)('refuse %s, and say what is wanted', (_, field, value, message) => {
    expect(() => field.parse(value)).toThrow(message)
  })

  it('ask the given check about each of several secrets', () => {
    const check = (one: string) => {
      if (!one.startsWith('whsec_')) throw new Error('must begin with whsec_')
    }
    expect(() => secrets('X', { doc, check }).parse('whsec_a,nonsense')).toThrow('must begin with whsec_')
  })
})
