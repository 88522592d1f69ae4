/** Where a Stripe object lives: nothing of one scope ever touches another (live never meets test). */
export interface Scope {
  /** `acct_…` of a connected account, or `platform` for the account that owns the endpoint. */
  readonly account: string
  readonly livemode: boolean
}

export const PLATFORM_ACCOUNT = 'platform'

export const scopeMode = (scope: Scope): 'live' | 'test' => (scope.livemode ? 'live' : 'test')

/** `<account>:<live|test>:<id>`: the Kafka key of a customer, and the name of any Stripe object across scopes. */
export const scopedId = (scope: Scope, id: string): string => `${scope.account}:${scopeMode(scope)}:${id}`
