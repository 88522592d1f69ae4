import type { FormObject, FormValue } from './form-body.ts'
import { invalidRequest } from './stripe-error.ts'

/** Reads typed values out of a decoded form. Absent gives undefined; an empty string is Stripe's way to unset: null. */
export interface Params {
  readonly has: (name: string) => boolean
  readonly isNested: (name: string) => boolean
  readonly text: (name: string) => string | undefined
  readonly nullableText: (name: string) => string | null | undefined
  readonly requiredText: (name: string) => string
  readonly integer: (name: string) => number | undefined
  readonly flag: (name: string) => boolean | undefined
  /** One of the given words; anything else is refused. */
  readonly word: <W extends string>(name: string, words: readonly W[]) => W | undefined
  readonly nested: (name: string) => Params | undefined
  readonly each: (name: string) => readonly Params[]
  readonly texts: (name: string) => readonly string[] | undefined
  /** Text entries of a map such as `metadata`; null when the whole map is unset. */
  readonly map: (name: string) => Readonly<Record<string, string>> | null | undefined
}

const isObject = (value: FormValue | undefined): value is FormObject =>
  typeof value === 'object' && !Array.isArray(value)

const asList = (value: FormValue | undefined): readonly FormValue[] => {
  if (Array.isArray(value)) return value
  return value === undefined || value === '' ? [] : [value as FormValue]
}

/** Wraps a form; `path` is where it was found, so that an error names the parameter as Stripe does. */
export const readParams = (form: FormObject, path = ''): Params => {
  const at = (name: string): string => (path === '' ? name : `${path}[${name}]`)
  const scalar = (name: string): string | undefined => {
    const value = form[name]
    if (value === undefined || typeof value === 'string') return value
    throw invalidRequest(`Invalid string: ${at(name)}`, at(name))
  }
  const text = (name: string): string | undefined => {
    const value = scalar(name)
    return value === '' ? undefined : value
  }
  return {
    has: (name) => form[name] !== undefined,
    isNested: (name) => isObject(form[name]),
    text,
    nullableText: (name) => {
      const value = scalar(name)
      return value === '' ? null : value
    },
    requiredText: (name) => {
      const value = text(name)
      if (value === undefined)
        throw invalidRequest(`Missing required param: ${at(name)}.`, at(name), 'parameter_missing')
      return value
    },
    integer: (name) => {
      const value = text(name)
      if (value === undefined) return undefined
      if (!/^-?\d{1,15}$/.test(value))
        throw invalidRequest(`Invalid integer: ${value}`, at(name), 'parameter_invalid_integer')
      return Number(value)
    },
    flag: (name) => {
      const value = text(name)
      if (value === undefined) return undefined
      if (value !== 'true' && value !== 'false') throw invalidRequest(`Invalid boolean: ${value}`, at(name))
      return value === 'true'
    },
    word: (name, words) => {
      const value = text(name)
      if (value === undefined) return undefined
      const known = words.find((word) => word === value)
      if (known === undefined)
        throw invalidRequest(`Invalid ${at(name)}: must be one of ${words.join(', ')}`, at(name))
      return known
    },
    nested: (name) => {
      const value = form[name]
      if (value === undefined || value === '') return undefined
      if (!isObject(value)) throw invalidRequest('Invalid object', at(name))
      return readParams(value, at(name))
    },
    each: (name) =>
      asList(form[name]).map((value, index) => {
        if (!isObject(value)) throw invalidRequest('Invalid array', at(name))
        return readParams(value, `${at(name)}[${index}]`)
      }),
    texts: (name) =>
      form[name] === undefined
        ? undefined
        : asList(form[name]).map((value) => {
            if (typeof value !== 'string') throw invalidRequest('Invalid array', at(name))
            return value
          }),
    map: (name) => {
      const value = form[name]
      if (value === undefined) return undefined
      if (value === '') return null
      if (!isObject(value)) throw invalidRequest('Invalid object', at(name))
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, String(entry)]))
    },
  }
}
