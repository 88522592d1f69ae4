/** The shipped steps, with seconds for days. */
export const QUICK_POLICY = `
version: 1
policies:
  - id: quick
    match: {}
    limits: { perCustomerPerDay: 20, minGap: PT1S }
    steps:
      - { id: warn, after: PT0S, do: [{ email: payment_failed }] }
      - { id: remind, after: PT1S, do: [{ email: payment_reminder }], announces: downgrade }
      - id: downgrade
        after: PT3S
        do: [{ restrict: { level: downgraded, to: free } }, { email: license_downgraded }]
        notice: { min: PT1S }
        announces: suspend
      - id: suspend
        after: PT6S
        do: [{ restrict: { level: suspended } }, { email: license_suspended }]
        notice: { min: PT1S }
`
