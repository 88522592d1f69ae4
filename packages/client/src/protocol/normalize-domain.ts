const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/
const LONGEST_NAME = 253
const WILDCARD = '*.'

/**
 * What a person or a program calls a domain (`https://Bücher.example:8443/shop`, `SHOP.example.com.`) -> the one name
 * under which it is stored and compared: case-folded, punycode, without scheme, port, path and trailing dot.
 * null when no host can be read out of it. `*.example.com` is a grant that a seller makes, never something to run on:
 * it is read only where `wildcard` is set, and only above a name of two labels or more.
 */
export const normalizeDomain = (
  typed: string,
  { wildcard = false }: { readonly wildcard?: boolean } = {},
): string | null => {
  const text = typed.trim().replace(SCHEME, '')
  if (text.startsWith(WILDCARD)) {
    const base = wildcard ? hostOf(text.slice(WILDCARD.length)) : null
    return base === null || !base.includes('.') || isAddress(base) ? null : `${WILDCARD}${base}`
  }
  return hostOf(text)
}

/** Whether a normalized grant covers a normalized domain: itself, or with a wildcard everything below its base. */
export const coversDomain = (grant: string, domain: string): boolean =>
  grant === domain || (grant.startsWith(WILDCARD) && domain.endsWith(grant.slice(1)) && !isAddress(domain))

const hostOf = (text: string): string | null => {
  // The URL parser would quietly drop tabs and line breaks from the middle of a name.
  if (text === '' || [...text].some((char) => char <= ' ' || char === '\u007f')) return null
  const url = parse(`http://${text}`)
  if (url === null) return null
  const name = url.hostname.replace(/\.$/, '')
  if (name.startsWith('[')) return name
  return name.length <= LONGEST_NAME && name.split('.').every((label) => LABEL.test(label)) ? name : null
}

const parse = (text: string): URL | null => {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

const isAddress = (host: string): boolean => host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host)
