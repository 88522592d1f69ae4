import { existsSync, readFileSync } from 'node:fs'
import { eventOf } from './stripe-payloads.ts'

/** Payloads of real accounts of many API versions. They are not part of the repository, so they may be absent. */
export const FOLDER = new URL('../../../../shared/stripe-events/', import.meta.url)
const INDEX = new URL('index.json', FOLDER)

export interface Recorded {
  readonly file: string
  readonly type: string
}

// biome-ignore lint/suspicious/noExplicitAny: raw JSON of many shapes; the expectations look into it on their own.
export type Raw = any

export const load = (file: string): Raw => JSON.parse(readFileSync(new URL(encodeURI(file), FOLDER), 'utf8'))

/** Some sources kept only `event.data`: those are put back into an envelope. */
export const asEvent = ({ file, type }: Recorded): Raw => {
  const raw = load(file)
  return raw.type === type ? raw : eventOf(type, raw.object, { data: raw })
}

export const present = existsSync(INDEX)
export const recorded: readonly Recorded[] = present ? JSON.parse(readFileSync(INDEX, 'utf8')) : []
