import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ConfigError, defineConfig } from './define-config.ts'
import { choice, integer, key256, list, port, secret, secrets, text, url } from './fields.ts'
import { serviceFields, storeFields } from './service-fields.ts'

const declaration = defineConfig('shop', {
  httpPort: port('HTTP_PORT', { doc: 'Public API.', default: '8000' }),
  workers: integer('WORKERS', { doc: 'At once.', min: 1, max: 8 }),
  mode: choice('MODE', ['fast', 'safe'], { doc: 'How.', default: 'safe' }),
  brokers: list('BROKERS', { doc: 'Where.' }),
  apiSecret: secret('API_SECRET', { doc: 'Opens the API.', minLength: 16 }),
  signing: secrets('SIGNING', {
    doc: 'While rotating.',
    check: (one) => {
      if (!one.startsWith('whsec_')) throw new Error('must begin with whsec_')
    },
  }),
  vault: key256('VAULT_KEY', { doc: 'Closes the vault.' }),
  database: url('DATABASE_URL', { doc: 'Store.', protocols: ['mongodb'], mayHoldPassword: true }),
})

const VALID = {
  WORKERS: '2',
  BROKERS: 'a:1,b:2',
  API_SECRET: 'a secret of sixteen characters',
  SIGNING: 'whsec_one,whsec_two',
  VAULT_KEY: Buffer.alloc(32, 7).toString('base64'),
  DATABASE_URL: 'mongodb://shop:hunter2@host/',
}

const problemsOf = (env: Record<string, string>, of: typeof declaration = declaration): readonly string[] => {
  try {
    of.load(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('a configuration', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyflow-config-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const file = (content: string): string => {
    const path = join(folder, `${content.length}-${Math.random()}`)
    writeFileSync(path, content)
    return path
  }

  it('is parsed into the types of its fields, with defaults where nothing is given', () => {
    expect(declaration.load(VALID)).toMatchObject({
      httpPort: 8000,
      workers: 2,
      mode: 'safe',
      brokers: ['a:1', 'b:2'],
      signing: ['whsec_one', 'whsec_two'],
    })
  })

  it('that is wrong tells of all problems at once, one each, by the name in the environment', () => {
    const problems = problemsOf({ HTTP_PORT: 'eighty', WORKERS: '9', MODE: 'slow', API_SECRET: 'short' })
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'HTTP_PORT',
      'WORKERS',
      'MODE',
      'BROKERS',
      'API_SECRET',
      'SIGNING',
      'VAULT_KEY',
      'DATABASE_URL',
    ])
    expect(problems[3]).toBe('BROKERS is not set: Where.')
    expect(() => declaration.load({})).toThrow(/^shop: the configuration has 6 problem\(s\):\n {2}- WORKERS/)
  })

  it.each([
    ['API_SECRET', ' hunter2 '],
    ['API_SECRET', 'hunter2'],
    ['SIGNING', 'whsec_hunter2,hunter2'],
    ['SIGNING', 'whsec_hunter2,whsec_hunter2'],
    ['VAULT_KEY', 'hunter2'],
    ['DATABASE_URL', 'postgres://shop:hunter2@host'],
  ])('never puts a secret into what it says of %s=%s', (name, value) => {
    const [problem] = problemsOf({ ...VALID, [name]: value })
    expect(problem).toMatch(new RegExp(`^${name} `))
    expect(problem).not.toContain('hunter2')
  })

  it('is summed up for the boot log without any secret', () => {
    const summary = JSON.stringify(declaration.summary(declaration.load(VALID)))
    for (const hidden of ['a secret of sixteen', 'whsec_', VALID.VAULT_KEY, 'hunter2'])
      expect(summary).not.toContain(hidden)
    expect(JSON.parse(summary)).toMatchObject({ httpPort: 8000, apiSecret: '[secret]', vault: '[secret]' })
  })

  it('reads a secret from the file that NAME_FILE names, without the line break at its end', () => {
    const { API_SECRET, ...rest } = VALID
    const loaded = declaration.load({ ...rest, API_SECRET_FILE: file(`${API_SECRET}\n`) })
    expect(loaded.apiSecret).toBe(API_SECRET)
  })

  it('checks a secret from a file like any other, and does not show it', () => {
    const { API_SECRET: _, ...rest } = VALID
    expect(problemsOf({ ...rest, API_SECRET_FILE: file('hunter2') })).toEqual([
      'API_SECRET must have at least 16 characters',
    ])
  })

  it('refuses a secret that is given twice, and a file that cannot be read: one problem each', () => {
    expect(problemsOf({ ...VALID, API_SECRET_FILE: file('x') })).toEqual([
      'API_SECRET and API_SECRET_FILE are both set: keep one',
    ])
    const { API_SECRET: _, ...rest } = VALID
    expect(problemsOf({ ...rest, API_SECRET_FILE: join(folder, 'absent') })).toEqual([
      'API_SECRET cannot be read from the file that API_SECRET_FILE names',
    ])
  })

  it('reads only secrets from files', () => {
    expect(problemsOf({ ...VALID, HTTP_PORT_FILE: '/nowhere' })).toEqual([])
  })

  it('of every service is complete by its defaults, but for the keys of personal data', () => {
    const service = defineConfig('any', { ...serviceFields({ http: 8787 }), ...storeFields('keyflow_any') })
    const PERSONAL_MASTER_KEYS = `test:${Buffer.alloc(32, 5).toString('base64')}`
    expect(service.load({ PERSONAL_MASTER_KEYS })).toMatchObject({
      httpPort: 8787,
      opsPort: 9787,
      kafkaBrokers: ['127.0.0.1:9092'],
      topicPrefix: '',
      operatorToken: '',
      mongodbDatabase: 'keyflow_any',
      batchRecords: 200,
      failpoints: '',
    })
    expect(() => service.load({ HTTP_HOST: '' })).toThrow('HTTP_HOST must not be empty')
    expect(() => service.load({})).toThrow('PERSONAL_MASTER_KEYS is not set')
  })

  it('keeps text as it is given', () => {
    const plain = defineConfig('any', { name: text('NAME', { doc: 'Name.' }) })
    expect(plain.load({ NAME: ' a b ' }).name).toBe(' a b ')
  })
})
