import type { Answer } from '../domain/attempt.ts'
import type { MirroredLicense } from '../domain/mirrored-license.ts'
import type { Called } from './http-caller.ts'

/** What came of asking the outside server; `failed` says why in the words of an attempt. */
export type Mirrored<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly answer: Answer }
  /** The server knows no such license (any more). */
  | { readonly kind: 'missing'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly answer: Answer }

/** An outside license server. Calls may be repeated at any point: a second create finds what the first one made. */
export interface MirrorTarget {
  /** Makes the license there, or finds that it is there; its id on that server. */
  readonly create: (license: MirroredLicense) => Promise<Mirrored<string>>
  /** Makes everything there as it is here. */
  readonly update: (license: MirroredLicense, externalId: string) => Promise<Mirrored<null>>
  /** Names of what differs there. */
  readonly compare: (license: MirroredLicense, externalId: string) => Promise<Mirrored<readonly string[]>>
}

export type Json = Readonly<Record<string, unknown>>

export const jsonOf = ({ text }: Called): Json => {
  try {
    const value: unknown = JSON.parse(text)
    return asJson(value)
  } catch {
    return {}
  }
}

export const asJson = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

/** 404 and 410 are answers, not failures. */
export const mirrored = <T>(called: Called, value: (called: Called) => T): Mirrored<T> => {
  if (called.status === 404 || called.status === 410) return { kind: 'missing', answer: called }
  return called.result === 'ok'
    ? { kind: 'ok', value: value(called), answer: called }
    : { kind: 'failed', answer: called }
}

/** Answers of license servers are read up to here, bytes. */
export const ANSWER_BYTES = 262_144
