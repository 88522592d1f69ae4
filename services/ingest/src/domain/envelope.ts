import { PLATFORM_ACCOUNT, type Scope } from '@keyflow/contracts'

/** What ingest reads of an event; the rest of it is nobody's business here. */
export interface Envelope {
  readonly kind: 'event'
  readonly id: string
  readonly type: string
  readonly created: number
  readonly scope: Scope
  /** null in events of accounts that never chose a version. */
  readonly apiVersion: string | null
}

/** A thin event names an object and carries none: nothing downstream could read it. */
export interface ThinEvent {
  readonly kind: 'thin'
  readonly id: string
  readonly type: string
}

const THIN_OBJECT = 'v2.core.event'
/** 9999-12-31T23:59:59Z: later instants have no four-digit year. */
const LAST_INSTANT = 253_402_300_799
const NAME = /^[\w.-]{1,255}$/

const isName = (value: unknown): value is string => typeof value === 'string' && NAME.test(value)

const isInstant = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= LAST_INSTANT

/** Total: undefined for whatever is no event. Mode and account are never guessed. */
export const readEnvelope = (json: unknown): Envelope | ThinEvent | undefined => {
  if (typeof json !== 'object' || json === null) return undefined
  const { object, id, type, created, livemode, account, api_version } = json as Record<string, unknown>
  if (!isName(id) || !isName(type)) return undefined
  if (object === THIN_OBJECT) return { kind: 'thin', id, type }
  const owner = account ?? PLATFORM_ACCOUNT
  if (object !== 'event' || !isInstant(created) || typeof livemode !== 'boolean' || !isName(owner))
    return undefined
  return {
    kind: 'event',
    id,
    type,
    created,
    scope: { account: owner, livemode },
    apiVersion: isName(api_version) ? api_version : null,
  }
}
