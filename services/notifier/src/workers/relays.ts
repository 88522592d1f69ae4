import type { Logger } from '@keyflow/runtime'
import type { Delivery, Parcel, SmtpTransport } from '../adapters/smtp-transport.ts'
import type { MailRoute } from '../domain/mail-route.ts'
import { judge } from '../domain/smtp-verdict.ts'
import { createRelayBreaker, type RelayBreaker } from './relay-breaker.ts'

export interface NamedTransport {
  readonly name: string
  readonly transport: SmtpTransport
}

export interface RelaysOptions {
  /** In order of preference: the second takes what the first surely did not. */
  readonly live: readonly NamedTransport[]
  readonly sink: NamedTransport
  readonly clock: () => Date
  readonly logger: Logger
}

export interface Handed {
  readonly delivery: Delivery
  /** Null when every relay is held: none was asked. */
  readonly relay: string | null
}

interface Relay extends NamedTransport {
  readonly breaker: RelayBreaker
}

export interface Relays {
  readonly deliver: (
    route: MailRoute,
    parcel: Omit<Parcel, 'content'> & { readonly content: (relay: string) => ReturnType<Parcel['content']> },
  ) => Promise<Handed>
  /** No relay of any route in use may be asked just now. */
  readonly isHeld: () => boolean
  readonly isSuspect: () => boolean
  readonly lanes: (healthy: number) => number
  readonly states: () => readonly { readonly name: string; readonly isHeld: boolean }[]
  readonly close: () => void
}

/** The relays of this installation, each with its breaker. */
export const createRelays = ({ live, sink, clock, logger }: RelaysOptions): Relays => {
  const made = ({ name, transport }: NamedTransport): Relay => ({
    name,
    transport,
    breaker: createRelayBreaker({ clock, logger, name }),
  })
  const routes: Readonly<Record<MailRoute, readonly Relay[]>> = { live: live.map(made), sink: [made(sink)] }
  const used = new Set<MailRoute>()
  const isDown = (route: MailRoute): boolean => routes[route].every(({ breaker }) => breaker.isHeld())
  const every = (check: (route: MailRoute) => boolean): boolean => used.size > 0 && [...used].every(check)
  const all = [...routes.live, ...routes.sink]

  return {
    deliver: async (route, parcel) => {
      used.add(route)
      let handed: Handed = { delivery: RELAYS_HELD, relay: null }
      for (const { name, transport, breaker } of routes[route]) {
        if (breaker.isHeld()) continue
        let isAsked = false
        const delivery = await transport.deliver({
          ...parcel,
          content: () => {
            isAsked = true
            return parcel.content(name)
          },
        })
        handed = { delivery, relay: name }
        const verdict = delivery.kind === 'failed' ? judge(delivery.failure) : null
        const isAway = verdict?.kind === 'retry' && verdict.why === 'connection'
        breaker.note(isAway)
        // Another relay is asked only if this one surely has nothing: it never asked for the content.
        if (verdict?.kind !== 'retry' || isAsked) break
      }
      return handed
    },
    isHeld: () => every(isDown),
    isSuspect: () => every((route) => routes[route].every(({ breaker }) => breaker.isSuspect())),
    lanes: (healthy) =>
      every((route) => routes[route].every(({ breaker }) => breaker.isSuspect())) ? 1 : healthy,
    states: () => all.map(({ name, breaker }) => ({ name, isHeld: breaker.isHeld() })),
    close: () => {
      for (const { transport } of all) transport.close()
    },
  }
}

const RELAYS_HELD: Delivery = {
  kind: 'failed',
  code: 'relays_held',
  failure: { bytesBegan: false, stage: 'connection', reply: null, status: null, isMalformed: false },
}
