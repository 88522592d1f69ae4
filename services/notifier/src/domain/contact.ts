import {
  type Fact,
  identitiesOf,
  type LicenseOperation,
  mergeRegisters,
  type Observed,
  observe,
  RANK,
  type Register,
  type StateOf,
  scopedId,
} from '@keyflow/contracts'
import { isMailable } from './mail-address.ts'

/** What one Stripe object says about whom to write to. */
export interface ContactState {
  readonly email: string | null
  readonly name: string | null
  readonly locale: string | null
  /** ISO 3166 code; of rows written before it was kept, absent. */
  readonly country?: string | null
  /** A deleted customer says nothing any more, whatever older events say. */
  readonly gone: boolean
}

/** Best first: what the customer object says stands before what the seller or the buyer typed for one license. */
export const CONTACT_SOURCES = ['customer', 'operation', 'checkout_session', 'invoice', 'charge'] as const
export type ContactSourceKind = (typeof CONTACT_SOURCES)[number]

/** All that is known from one Stripe object; merges in any order to the same. */
export interface ContactSource {
  /** Scoped id of the object. */
  readonly id: string
  readonly kind: ContactSourceKind
  /** Scoped ids of everything that the object is tied to: each of them finds it. Sorted. */
  readonly refs: readonly string[]
  /** Scoped id of the customer behind it; null as long as only the object itself stands for the person. */
  readonly customer: string | null
  readonly register: Register<ContactState>
}

export interface Contact {
  readonly email: string
  readonly name: string | null
  readonly locale: string | null
  readonly country: string | null
  /** Whose data key seals what is kept of them. */
  readonly person: string
}

interface Seen {
  readonly kind: ContactSourceKind
  readonly objectId: string
  readonly customer: string | null
  readonly observed: Observed
  readonly state: ContactState
  readonly before?: ContactState
}

const typed = (from: { readonly email: string | null; readonly name: string | null }): ContactState => ({
  email: from.email,
  name: from.name,
  locale: null,
  country: null,
  gone: false,
})

/** What a buyer typed at the checkout; `auto` is no language. */
const bought = (from: StateOf<'checkout_session'>): ContactState => ({
  ...typed(from),
  locale: from.locale === 'auto' ? null : from.locale,
  country: from.country,
})

const seenIn = (fact: Fact): Seen | null => {
  switch (fact.kind) {
    case 'customer': {
      const narrow = (s: typeof fact.state): ContactState => ({
        email: s.email,
        name: s.name,
        locale: s.locales[0] ?? null,
        country: s.country,
        gone: s.deleted,
      })
      return seen(fact, fact.state.id, narrow, fact.state.id)
    }
    case 'checkout_session':
      return seen(fact, fact.state.id, bought, fact.state.customer)
    case 'invoice':
      return seen(fact, fact.state.id, typed, fact.state.customer)
    case 'charge':
      return seen(fact, fact.state.id, typed, fact.state.customer)
    default:
      return null
  }
}

const seen = <S>(
  fact: {
    readonly kind: ContactSourceKind
    readonly observed: Observed
    readonly state: S
    readonly before?: S
  },
  objectId: string,
  narrow: (state: S) => ContactState,
  customer: string | null,
): Seen => ({
  kind: fact.kind,
  objectId,
  customer,
  observed: fact.observed,
  state: narrow(fact.state),
  ...(fact.before === undefined ? {} : { before: narrow(fact.before) }),
})

const deletedLast = (state: ContactState): number => (state.gone ? 1 : 0)

/**
 * The contact sources that facts speak of, each object once. Of purchases only what carries a usable address is kept:
 * an invoice without one takes nothing back. A customer without one does.
 */
export const contactSourcesIn = (facts: readonly Fact[]): readonly ContactSource[] => {
  const sources = new Map<string, ContactSource>()
  for (const fact of facts) {
    const sighting = seenIn(fact)
    if (sighting === null) continue
    if (sighting.kind !== 'customer' && !isMailable(sighting.state.email)) continue
    const { scope } = sighting.observed
    const source: ContactSource = {
      id: scopedId(scope, sighting.objectId),
      kind: sighting.kind,
      refs: identitiesOf(fact).map((id) => scopedId(scope, id)),
      customer: sighting.customer === null ? null : scopedId(scope, sighting.customer),
      register: observe(sighting),
    }
    sources.set(source.id, mergeContactSources(sources.get(source.id), source))
  }
  return [...sources.values()]
}

/** Whom the seller named when giving a license by the API. */
export const contactOfOperation = (
  operation: Pick<LicenseOperation, 'id' | 'at' | 'account' | 'livemode' | 'ref'>,
  customer: string | null,
  contact: { readonly email: string | null; readonly name: string | null },
): ContactSource => {
  const scope = { account: operation.account, livemode: operation.livemode }
  const owner = customer === null ? null : scopedId(scope, customer)
  const id = scopedId(scope, operation.ref)
  const observed = {
    scope,
    at: Math.floor(Date.parse(operation.at) / 1000),
    rank: RANK.created,
    eventId: operation.id,
  }
  return {
    id,
    kind: 'operation',
    // The customer is named for its own sake: what the seller typed for one license is not theirs to use for others.
    refs: [id],
    customer: owner,
    register: observe({ observed, state: typed(contact) }),
  }
}

/** Idempotent, commutative, associative. */
export const mergeContactSources = (a: ContactSource | undefined, b: ContactSource): ContactSource =>
  a === undefined
    ? b
    : {
        id: a.id,
        kind: a.kind,
        refs: [...new Set([...a.refs, ...b.refs])].sort(),
        customer: firstCustomer(a.customer, b.customer),
        register: mergeRegisters(a.register, b.register, deletedLast),
      }

/** An object has one customer at most; should two be named, the choice must not depend on who came first. */
const firstCustomer = (a: string | null, b: string | null): string | null =>
  a === null || (b !== null && b < a) ? b : a

/** Whose data key seals it. */
export const subjectOf = (source: ContactSource): string => source.customer ?? source.id
