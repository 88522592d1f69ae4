import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { ConfigError, defineConfig } from './define-config.ts'
import {
  choice,
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

const declared = defineConfig('test', {
  httpPort: port('HTTP_PORT', { doc: 'Where to listen.' }),
  batch: integer('BATCH', { doc: 'How many.', default: '10', min: 1, max: 100 }),
  name: text('NAME', { doc: 'A name.', default: 'x' }),
  isOn: flag('IS_ON', { doc: 'A switch.', default: 'false' }),
  mode: choice('MODE', ['a', 'b'], { doc: 'A choice.', default: 'a' }),
  brokers: list('BROKERS', { doc: 'Brokers.', default: 'localhost:9092' }),
  store: url('STORE', {
    doc: 'Store.',
    default: 'mongodb://h/x',
    protocols: ['mongodb'],
    mayHoldPassword: true,
  }),
  issuer: secret('ISSUER', { doc: 'A secret.', minLength: 8 }),
  signing: secrets('SIGNING', {
    doc: 'Rotating secrets.',
    check: (one) => {
      if (!one.startsWith('whsec_')) throw new Error('must start with whsec_')
    },
  }),
  transport: key256('TRANSPORT', { doc: 'A key.' }),
  token: optionalSecret('TOKEN', { doc: 'A token.' }),
})

const GOOD = {
  HTTP_PORT: '8080',
  ISSUER: 'super-secret-issuer',
  SIGNING: 'whsec_one,whsec_two',
  TRANSPORT: Buffer.alloc(32, 1).toString('base64'),
}

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    declared.load(env)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).problems
  }
}

describe('configuration', () => {
  it('gives typed values, with defaults where nothing is said', () => {
    expect(declared.load({ ...GOOD, IS_ON: 'true', BROKERS: ' a:1 , b:2 ' })).toMatchObject({
      httpPort: 8080,
      batch: 10,
      isOn: true,
      mode: 'a',
      brokers: ['a:1', 'b:2'],
      signing: ['whsec_one', 'whsec_two'],
      token: '',
    })
  })

  it('tells every problem at once, by the name of its variable', () => {
    const problems = problemsOf({
      HTTP_PORT: '70000',
      BATCH: '0',
      IS_ON: 'yes',
      MODE: 'c',
      BROKERS: ' , ',
      STORE: 'http://x',
      SIGNING: 'whsec_a,whsec_a',
      TRANSPORT: 'c2hvcnQ=',
    })
    const named = problems.map((problem) => problem.split(' ')[0])
    expect(named.sort()).toEqual([
      'BATCH',
      'BROKERS',
      'HTTP_PORT',
      'ISSUER',
      'IS_ON',
      'MODE',
      'SIGNING',
      'STORE',
      'TRANSPORT',
    ])
  })

  it.each([
    ['an empty secret', { ISSUER: '' }],
    ['a blank secret', { ISSUER: '          ' }],
    ['a secret with a line break at its end', { ISSUER: 'super-secret-issuer\n' }],
    ['a secret that is too short', { ISSUER: 'short' }],
    ['an empty part of a rotation', { SIGNING: 'whsec_one,' }],
    ['a part that its check refuses', { SIGNING: 'whsec_one,sk_two' }],
    ['a short token', { TOKEN: 'tiny' }],
  ])('refuses %s', (_what, change) => {
    expect(problemsOf({ ...GOOD, ...change })).toHaveLength(1)
  })

  it('never shows a secret, neither in a problem nor in the summary', () => {
    const bad = problemsOf({
      ...GOOD,
      ISSUER: ' my-leaky-issuer',
      SIGNING: 'my-leaky-signing',
      TOKEN: 'my-leaky',
      TRANSPORT: 'my-leaky-key',
    })
    expect(bad).toHaveLength(4)
    expect(bad.join('\n')).not.toContain('leaky')
    const summary = JSON.stringify(
      declared.summary(declared.load({ ...GOOD, STORE: 'mongodb://user:hunter2@h/x' })),
    )
    expect(summary).not.toMatch(/super-secret|whsec_|hunter2/)
    expect(summary).toContain('8080')
  })

  it('reads a secret from the file that NAME_FILE names, and refuses both at once', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'keyflow-config-')), 'issuer')
    writeFileSync(file, 'from-a-file-issuer\n')
    const { ISSUER: _, ...rest } = GOOD
    expect(declared.load({ ...rest, ISSUER_FILE: file }).issuer).toBe('from-a-file-issuer')
    expect(problemsOf({ ...GOOD, ISSUER_FILE: file })).toEqual([
      'ISSUER and ISSUER_FILE are both set: keep one',
    ])
    expect(problemsOf({ ...rest, ISSUER_FILE: '/no/such/file' })).toEqual([
      'ISSUER_FILE names a file that cannot be read',
    ])
  })
})
