export type ReadUrl =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly problem: string }

/** An address that may be called, as it will be: the rest is decided by what its name resolves to, at every attempt. */
export const readEndpointUrl = (text: string, allowHttp: boolean): ReadUrl => {
  const url = URL.parse(text)
  if (url === null) return { ok: false, problem: 'is no URL' }
  if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:'))
    return { ok: false, problem: 'must begin with https://' }
  if (url.username !== '' || url.password !== '')
    return { ok: false, problem: 'must not hold a user name or password' }
  if (url.hash !== '') return { ok: false, problem: 'must not hold a fragment' }
  return { ok: true, url: url.href }
}
