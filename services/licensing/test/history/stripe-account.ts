/**
 * A small deterministic Stripe: turns a list of what buyer and seller do into the events that Stripe would send, with
 * its real sequences, `previous_attributes` and one-second resolution. What it holds at the end is the truth that any
 * order of those events must lead to.
 */
export interface StripeEvent {
  readonly id: string
  readonly object: 'event'
  readonly type: string
  readonly created: number
  readonly livemode: boolean
  readonly api_version: string
  readonly data: { readonly object: Json; readonly previous_attributes?: Json }
}

export type Json = Record<string, unknown>

export const createStripeAccount = (name: string, startAt: number) => {
  const events: StripeEvent[] = []
  const objects = new Map<string, Json>()
  let now = startAt
  let serial = 0
  const nextId = (kind: string): string => {
    serial += 1
    return `${kind}_${name}${serial}`
  }

  const emit = (type: string, object: Json, previous?: Json): void => {
    const copy = structuredClone(object)
    objects.set(object.id as string, copy)
    events.push({
      // Scrambled, so that the order of ids says nothing about the order of events.
      id: `evt_${name}${((events.length + 1) * 7919) % 100_003}`,
      object: 'event',
      type,
      created: now,
      livemode: true,
      api_version: '2026-10-28.endive',
      data: {
        object: firstPageOnly(copy),
        ...(previous === undefined ? {} : { previous_attributes: structuredClone(previous) }),
      },
    })
  }

  return {
    events,
    objects,
    nextId,
    emit,
    now: (): number => now,
    advance: (seconds: number): void => {
      now += seconds
    },
    /** Changes attributes and emits `<type>` with what they were. */
    update: (type: string, object: Json, changes: Json): void => {
      const previous: Json = {}
      for (const key of Object.keys(changes)) previous[key] = object[key]
      Object.assign(object, changes)
      emit(type, object, previous)
    },
  }
}
/** Most lines of an invoice that an event embeds. */
export const PAGE = 10

/** An event embeds ten lines of an invoice at most; the object itself has them all. */
const firstPageOnly = (object: Json): Json => {
  const lines = object.lines as { data: readonly Json[] } | undefined
  if (lines === undefined || lines.data.length <= PAGE) return object
  return { ...object, lines: { ...lines, data: lines.data.slice(0, PAGE), has_more: true } }
}

export type StripeAccount = ReturnType<typeof createStripeAccount>
