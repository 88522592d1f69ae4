/** Where and how to hand mail over, from `smtp://user:password@host:port` or `smtps://…`. */
export interface SmtpAddress {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  readonly auth: { readonly user: string; readonly pass: string } | null
}

/** Throws a TypeError for what is no URL. */
export const parseSmtpUrl = (text: string): SmtpAddress => {
  const url = new URL(text)
  const secure = url.protocol === 'smtps:'
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    auth:
      url.username === ''
        ? null
        : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
  }
}
