/** A decoded form: leaves are text, brackets are objects, `[]` and `[0]` are arrays. */
export type FormValue = string | readonly FormValue[] | FormObject
export type FormObject = { readonly [key: string]: FormValue }

type Branch = Map<string, Branch | string>

const MAX_DEPTH = 12

/** `items[0][price]` becomes `['items', '0', 'price']`; `expand[]` ends in an empty part. */
const splitKey = (key: string): string[] => {
  const open = key.indexOf('[')
  if (open <= 0) return [key]
  const parts = [key.slice(0, open)]
  for (const match of key.slice(open).matchAll(/\[([^\]]*)\]/g)) parts.push(match[1] ?? '')
  return parts.slice(0, MAX_DEPTH)
}

const insert = (root: Branch, path: readonly string[], value: string): void => {
  let branch = root
  path.forEach((part, position) => {
    const name = part === '' ? String(branch.size) : part
    if (position === path.length - 1) {
      branch.set(name, value)
      return
    }
    const existing = branch.get(name)
    const next: Branch = existing instanceof Map ? existing : new Map()
    branch.set(name, next)
    branch = next
  })
}

/** Clients send array elements in any order (the Stripe CLI does): the index decides, not the position. */
const settle = (value: Branch | string): FormValue => {
  if (typeof value === 'string') return value
  const entries = [...value]
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => settle(child))
  }
  return Object.fromEntries(entries.map(([key, child]) => [key, settle(child)]))
}

/** Decodes `application/x-www-form-urlencoded` with Stripe's nested brackets. Never throws. */
export const parseForm = (body: string): FormObject => {
  const root: Branch = new Map()
  for (const [key, value] of new URLSearchParams(body)) {
    if (key !== '' && key !== '__proto__') insert(root, splitKey(key), value)
  }
  return Object.fromEntries([...root].map(([key, child]) => [key, settle(child)]))
}
