import { createHash, createPublicKey, createVerify, X509Certificate } from 'node:crypto'
import { CERTIFICATE } from './signing-certificate.ts'

/** The `p=` of a DNS record for the tests' key. */
const DNS_KEY = new X509Certificate(CERTIFICATE).publicKey
  .export({ type: 'spki', format: 'der' })
  .toString('base64')

export interface DkimVerdict {
  readonly isValid: boolean
  readonly domain: string
  readonly selector: string
  /** Names of the headers that it covers, lower case. */
  readonly covers: readonly string[]
}

const relaxedHeader = (line: string): string => {
  const at = line.indexOf(':')
  const value = line
    .slice(at + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim()
  return `${line.slice(0, at).trim().toLowerCase()}:${value}`
}

const relaxedBody = (body: string): string => {
  const text = body
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(\r\n)+$/, '')
  return text === '' ? '' : `${text}\r\n`
}

/** Verifies the signature of a mail as a receiving server does (RFC 6376: rsa-sha256, relaxed/relaxed); null = unsigned. */
export const verifyDkim = (bytes: Buffer): DkimVerdict | null => {
  const raw = bytes.toString('latin1')
  const cut = raw.indexOf('\r\n\r\n')
  const headers = raw.slice(0, cut).split(/\r\n(?![ \t])/)
  const signed = headers.find((line) => /^dkim-signature:/i.test(line))
  if (signed === undefined) return null
  const tags = Object.fromEntries(
    signed
      .slice(signed.indexOf(':') + 1)
      .split(';')
      .map((tag) => [
        tag.slice(0, tag.indexOf('=')).trim(),
        tag.slice(tag.indexOf('=') + 1).replace(/\s/g, ''),
      ]),
  )
  if (tags.a !== 'rsa-sha256' || tags.c !== 'relaxed/relaxed') throw new Error(`not verified here: ${signed}`)
  const covers = (tags.h ?? '').toLowerCase().split(':')
  const bodyHash = createHash('sha256')
    .update(relaxedBody(raw.slice(cut + 4)), 'latin1')
    .digest('base64')
  const left = [...headers]
  const lines = covers.flatMap((name) => {
    const at = left.findLastIndex((line) => line.toLowerCase().startsWith(`${name}:`))
    return at < 0 ? [] : left.splice(at, 1).map(relaxedHeader)
  })
  const own = relaxedHeader(signed).replace(/(;\s*b=)[^;]*/, '$1')
  const key = createPublicKey({ key: Buffer.from(DNS_KEY, 'base64'), format: 'der', type: 'spki' })
  const isSigned = createVerify('RSA-SHA256')
    .update([...lines, own].join('\r\n'), 'latin1')
    .verify(key, tags.b ?? '', 'base64')
  return {
    isValid: isSigned && bodyHash === tags.bh,
    domain: tags.d ?? '',
    selector: tags.s ?? '',
    covers,
  }
}
