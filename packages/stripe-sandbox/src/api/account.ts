import type { Route } from '../http/route.ts'

/** The one account of a sandbox. */
export const SANDBOX_ACCOUNT = 'acct_keyflowSandbox'

export const accountRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/account',
    handle: () => ({
      json: {
        id: SANDBOX_ACCOUNT,
        object: 'account',
        business_profile: { name: 'Keyflow sandbox' },
        charges_enabled: true,
        country: 'US',
        default_currency: 'usd',
        details_submitted: true,
        email: null,
        metadata: {},
        payouts_enabled: true,
        settings: { dashboard: { display_name: 'Keyflow sandbox' } },
        type: 'standard',
      },
    }),
  },
]
