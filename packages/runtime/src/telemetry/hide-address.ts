import type { Span } from '@opentelemetry/api'

/** By their names in the conventions of now and of before. */
const ADDRESSES = ['url.path', 'url.query', 'url.full', 'http.target', 'http.url'] as const
const HIDDEN = '[hidden]'

/**
 * Takes out of a span what somebody put into an address: a key where none belongs, the token of a link, the secret of a
 * webhook. An incoming request is known by its route, an outgoing one by its host.
 */
export const hideAddress = (span: Span): void => {
  const known = (span as { readonly attributes?: Readonly<Record<string, unknown>> }).attributes ?? {}
  for (const name of ADDRESSES)
    if (known[name] !== undefined) span.setAttribute(name, hostOf(String(known[name])))
}

const hostOf = (address: string): string => {
  const origin = URL.parse(address)?.origin
  return origin === undefined || origin === 'null' ? HIDDEN : `${origin}/${HIDDEN}`
}
