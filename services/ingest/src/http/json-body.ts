import { isUtf8 } from 'node:buffer'

/** The JSON value of the bytes; undefined when they are not UTF-8 or not JSON (which itself has no undefined). */
export const parseJsonBody = (body: Buffer): unknown => {
  if (!isUtf8(body)) return undefined
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
