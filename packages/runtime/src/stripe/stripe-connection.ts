/** Where Stripe's API is, as its SDK wants to be told. */
export const stripeAddress = (
  apiBase: string,
): { readonly host: string; readonly port: number; readonly protocol: 'http' | 'https' } => {
  const { hostname, port, protocol } = new URL(apiBase)
  const isTls = protocol === 'https:'
  return {
    host: hostname,
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
    protocol: isTls ? 'https' : 'http',
  }
}

/** The key of a mode, by what Stripe's keys say of themselves; undefined where there is none. */
export const stripeKeyFor = (apiKeys: readonly string[], livemode: boolean): string | undefined =>
  apiKeys.find((key) => key.includes(livemode ? '_live_' : '_test_'))

/** Request options that act for the account of a scope; the platform acts for itself. */
export const onBehalfOf = ({ account }: { readonly account: string }): { readonly stripeAccount?: string } =>
  account.startsWith('acct_') ? { stripeAccount: account } : {}
