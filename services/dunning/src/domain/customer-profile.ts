import {
  type CustomerState,
  current,
  type Fact,
  observe,
  type Register,
  type Scope,
  scopedId,
} from '@keyflow/contracts'

/** What dunning keeps of a customer: nothing that names a person. */
export interface CustomerProfile {
  readonly country: string | null
  /** Preferred, best first. */
  readonly locales: readonly string[]
  /** IANA zone, from the customer's metadata `keyflow_time_zone`. */
  readonly timeZone: string | null
  /** From the customer's metadata `keyflow_tags`. */
  readonly tags: readonly string[]
  readonly deleted: boolean
  readonly clock: string | null
}

export const UNKNOWN_CUSTOMER: CustomerProfile = {
  country: null,
  locales: [],
  timeZone: null,
  tags: [],
  deleted: false,
  clock: null,
}

const profileOf = (state: CustomerState): CustomerProfile => ({
  country: state.country,
  locales: state.locales,
  timeZone: state.timeZone ?? null,
  tags: state.tags ?? [],
  deleted: state.deleted,
  clock: state.testClock,
})

export interface CustomerFacts {
  /** Scoped id of the customer. */
  readonly id: string
  readonly scope: Scope
  readonly register: Register<CustomerProfile>
}

export const customerFactsIn = (facts: readonly Fact[]): readonly CustomerFacts[] =>
  facts.flatMap((fact) =>
    fact.kind === 'customer'
      ? [
          {
            id: scopedId(fact.observed.scope, fact.state.id),
            scope: fact.observed.scope,
            register: observe({
              observed: fact.observed,
              state: profileOf(fact.state),
              ...(fact.before === undefined ? {} : { before: profileOf(fact.before) }),
            }),
          },
        ]
      : [],
  )

/** A deleted customer never comes back. */
export const profileLifecycle = ({ deleted }: CustomerProfile): number => (deleted ? 1 : 0)

export const currentProfile = (register: Register<CustomerProfile> | null): CustomerProfile =>
  register === null ? UNKNOWN_CUSTOMER : current(register).state
