/** What billing and operators say, independent of the clock. */
export type Standing = 'pending' | 'active' | 'grace' | 'suspended' | 'ended' | 'revoked'

/** What a tier asks of whoever validates: nothing, or to name the domain or the machine that is activated. */
export type Binding = 'none' | 'domain' | 'fingerprint'

/** How the activation that asks stands among all of its license. */
export interface ActivationStanding {
  readonly kind: 'domain' | 'machine' | 'seat'
  /** Most that may be active; null = any number. */
  readonly limit: number | null
  readonly used: number
  /** Place in the order of activation, from 1; null = this one is not activated. */
  readonly rank: number | null
  /** The seller lets more than the limit run. */
  readonly mayExceed: boolean
  /** Signs of life that are asked for; null = none. Seconds, and unix seconds. */
  readonly heartbeat: { readonly everySeconds: number; readonly lastAt: number | null } | null
}

/**
 * A license as it is judged: what the server reads from its database, and what a client reads from a lease. All instants
 * are unix seconds; null = none known.
 */
export interface JudgedLicense {
  readonly standing: Standing
  readonly reason: string | null
  readonly productId: string
  readonly livemode: boolean
  /** Last second that is covered. */
  readonly validThrough: number | null
  readonly trialEndsAt: number | null
  readonly cancelAt: number | null
  readonly graceEndsAt: number | null
  /** Releases from after this instant are not covered. */
  readonly maintenanceEndsAt: number | null
  readonly features: readonly string[]
  readonly binding: Binding
  /** Set when the key that was shown is an earlier one. */
  readonly rotated: { readonly at: number; readonly overlapEndsAt: number } | null
  /** Present for what the question names. */
  readonly domain: ActivationStanding | null
  readonly machine: ActivationStanding | null
}

/** What an application asks. Absent = not asked. */
export interface Question {
  readonly productId?: string | undefined
  readonly livemode?: boolean | undefined
  /** As typed; compared in normal form. */
  readonly domain?: string | undefined
  readonly fingerprint?: string | undefined
  readonly entitlements?: readonly string[] | undefined
  /** When the running release was made, unix seconds. */
  readonly releasedAt?: number | undefined
}
