/** What a restricted key may do with a resource, as the dashboard offers it. */
export type Permission = 'none' | 'read' | 'write'

/** A key that may do less than everything. */
export interface RestrictedKeyRecord {
  readonly object: 'sandbox.restricted_key'
  /** The key itself: `rk_test_…`. */
  readonly id: string
  readonly created: number
  /** By resource as it stands in the path, e.g. `webhook_endpoints`; `none` for what is not listed. */
  readonly permissions: Readonly<Record<string, Permission>>
}
