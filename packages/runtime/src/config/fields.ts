import { accessSync, constants } from 'node:fs'

/** One configuration key: where it comes from, what it must look like, what it is for. */
export interface Field<T> {
  readonly env: string
  readonly doc: string
  readonly kind:
    | 'port'
    | 'integer'
    | 'text'
    | 'list'
    | 'file'
    | 'secret'
    | 'secrets'
    | 'url'
    | 'choice'
    | 'flag'
  /** Text as it would stand in the environment; undefined = required. */
  readonly fallback: string | undefined
  readonly secret: boolean
  /** Throws an Error whose message completes "NAME …". Never puts the value of a secret into it. */
  readonly parse: (text: string) => T
  /** What is wrong beside the values of other keys, which `valueAt` gives by their names; whole sentences. */
  readonly fits?: (valueAt: (env: string) => unknown) => readonly string[]
}

interface FieldOptions {
  readonly doc: string
  readonly default?: string
}

const field = <T>(
  kind: Field<T>['kind'],
  env: string,
  options: FieldOptions,
  parse: (text: string) => T,
  secret = false,
): Field<T> => ({ env, kind, doc: options.doc, fallback: options.default, secret, parse })

const wholeNumber = (text: string, min: number, max: number): number => {
  // Number('') is 0, and Number('1e3') is not what anybody types for a port.
  const value = /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max)) throw new Error(`must be a whole number from ${min} to ${max}`)
  return value
}

/** TCP port; 0 lets the system choose (tests). */
export const port = (env: string, options: FieldOptions): Field<number> =>
  field('port', env, options, (text) => wholeNumber(text, 0, 65_535))

export const integer = (
  env: string,
  options: FieldOptions & { readonly min?: number; readonly max?: number },
): Field<number> =>
  field('integer', env, options, (text) =>
    wholeNumber(text, options.min ?? 0, options.max ?? Number.MAX_SAFE_INTEGER),
  )

/** Any text; an empty one only where that is the default. */
export const text = (env: string, options: FieldOptions): Field<string> =>
  field('text', env, options, (value) => {
    if (value.trim() === '' && options.default !== '') throw new Error('must not be empty')
    return value
  })

/** Path of a file that can be read at boot; an empty one only where that is the default. */
export const file = (env: string, options: FieldOptions): Field<string> =>
  field('file', env, options, (path) => {
    if (path === '' && options.default === '') return path
    try {
      accessSync(path, constants.R_OK)
    } catch {
      throw new Error('must name a file that can be read')
    }
    return path
  })

export const flag = (env: string, options: FieldOptions): Field<boolean> =>
  field('flag', env, options, (value) => {
    if (value !== 'true' && value !== 'false') throw new Error('must be true or false')
    return value === 'true'
  })

export const choice = <const C extends readonly string[]>(
  env: string,
  choices: C,
  options: FieldOptions,
): Field<C[number]> =>
  field('choice', env, options, (value) => {
    if (!choices.includes(value)) throw new Error(`must be one of ${choices.join(', ')}`)
    return value
  })

/** Comma-separated, blanks dropped, at least one. */
export const list = (env: string, options: FieldOptions): Field<readonly string[]> =>
  field('list', env, options, (value) => {
    const parts = splitList(value)
    if (parts.length === 0) throw new Error('must name at least one')
    return parts
  })

export const splitList = (value: string): readonly string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

export const url = (
  env: string,
  options: FieldOptions & { readonly protocols: readonly string[]; readonly mayHoldPassword?: boolean },
): Field<string> =>
  field(
    'url',
    env,
    options,
    (value) => {
      const protocol = /^([a-z][a-z0-9+.-]*):\/\/\S+$/i.exec(value)?.[1]
      if (protocol === undefined || !options.protocols.includes(protocol))
        throw new Error(
          `must be a URL that starts with ${options.protocols.map((p) => `${p}://`).join(' or ')}`,
        )
      // Such a URL is shown in the boot log.
      if (options.mayHoldPassword !== true && /^[^/]+:\/\/[^/]*@/.test(value))
        throw new Error('must not hold a user name or password')
      return value
    },
    options.mayHoldPassword ?? false,
  )

/** A secret of at least `minLength` characters; also read from the file named by `<ENV>_FILE`. */
export const secret = (env: string, options: FieldOptions & { readonly minLength: number }): Field<string> =>
  field('secret', env, options, (value) => assertSecret(value, options.minLength), true)

/** A secret that may be left empty, which closes whatever it opens. */
export const optionalSecret = (env: string, options: { readonly doc: string }): Field<string> =>
  field(
    'secret',
    env,
    { ...options, default: '' },
    (value) => (value === '' ? '' : assertSecret(value, 16)),
    true,
  )

/** Bearer tokens, comma-separated while they are rotated, as one text; may be empty, which closes what they open. */
export const tokens = (env: string, options: { readonly doc: string }): Field<string> =>
  field(
    'secrets',
    env,
    { ...options, default: '' },
    (value) =>
      value === ''
        ? ''
        : value
            .split(',')
            .map((one) => assertSecret(one.trim(), 16))
            .join(','),
    true,
  )

const assertSecret = (value: string, minLength: number): string => {
  if (value.trim() === '') throw new Error('must not be empty')
  if (value !== value.trim()) throw new Error('must not begin or end with white space')
  if (value.length < minLength) throw new Error(`must have at least ${minLength} characters`)
  return value
}

/** Comma-separated secrets (rotation), each checked by `check`; duplicates are refused. */
export const secrets = (
  env: string,
  options: FieldOptions & { readonly check: (one: string) => void },
): Field<readonly string[]> =>
  field(
    'secrets',
    env,
    options,
    (value) => {
      const parts = value.split(',').map((part) => part.trim())
      if (parts.some((part) => part === '')) throw new Error('holds an empty secret')
      if (new Set(parts).size !== parts.length) throw new Error('holds the same secret twice')
      for (const part of parts) options.check(part)
      return parts
    },
    true,
  )

/** 32 random bytes in base64 or base64url. */
export const key256 = (env: string, options: FieldOptions): Field<Uint8Array> =>
  field('secret', env, options, parseKey256, true)

/** The same, comma-separated while it is rotated: the first is used, the others still open what they closed. */
export const keys256 = (
  env: string,
  options: FieldOptions,
): Field<readonly [Uint8Array, ...(readonly Uint8Array[])]> =>
  field(
    'secrets',
    env,
    options,
    (value) => {
      const [first = '', ...others] = value.split(',')
      return [parseKey256(first), ...others.map(parseKey256)]
    },
    true,
  )

const parseKey256 = (value: string): Uint8Array => {
  // Buffer.from skips what is not base64, and would make a key of anything.
  const bytes = Buffer.from(value.trim(), 'base64')
  if (bytes.length !== 32 || !/^[\w+/-]{43}=?$/.test(value.trim()))
    throw new Error('must be 32 bytes in base64 (openssl rand -base64 32)')
  return new Uint8Array(bytes)
}

export type KeyRing = readonly (readonly [id: string, key: Uint8Array])[]

const RING_KEY = /^([A-Za-z0-9_-]{1,40}):([A-Za-z0-9+/]{43}=?)$/

/** `<id>:<32 bytes in base64>`, comma-separated: the first is for new things, the others still answer for old ones. */
export const parseKeyRing = (value: string): KeyRing => {
  const keys = value.split(',').map((part) => {
    const [, id = '', key = ''] = RING_KEY.exec(part.trim()) ?? []
    const bytes = Buffer.from(key, 'base64')
    if (bytes.length !== 32) throw new Error('must hold keys of the form <id>:<32 bytes in base64>')
    return [id, new Uint8Array(bytes)] as const
  })
  if (new Set(keys.map(([id]) => id)).size !== keys.length) throw new Error('holds an id twice')
  return keys
}

/** Keys with ids, so that they can be rotated; an empty one where that is the default. */
export const keyRing = (env: string, options: FieldOptions): Field<KeyRing> =>
  field(
    'secrets',
    env,
    options,
    (value) => (value === '' && options.default === '' ? [] : parseKeyRing(value)),
    true,
  )
