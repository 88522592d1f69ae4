/** Prices and API of the stand-in for Stripe, as far as the demo purchase uses them. */
export interface SandboxClient {
  /** Opens a checkout of a monthly pro subscription; gives the session's id. */
  readonly openCheckout: () => Promise<string>
  /** Pays it as that person; gives every id under which events may speak of it. */
  readonly payCheckout: (session: string, buyer: Buyer) => Promise<readonly string[]>
}

export interface Buyer {
  readonly email: string
  readonly name: string
}

const PRICE = 'price_pro_monthly'

export const createSandboxClient = (base: string, apiKey: string): SandboxClient => {
  const post = async (
    path: string,
    form: Readonly<Record<string, string>>,
  ): Promise<Record<string, unknown>> => {
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}` },
      body: new URLSearchParams(form),
      signal: AbortSignal.timeout(10_000),
    })
    const body = (await response.json()) as Record<string, unknown>
    if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${JSON.stringify(body)}`)
    return body
  }
  return {
    openCheckout: async () => {
      const session = await post('/v1/checkout/sessions', {
        mode: 'subscription',
        'line_items[0][price]': PRICE,
        'line_items[0][quantity]': '1',
        success_url: 'https://example.com/thanks',
      })
      return String(session.id)
    },
    payCheckout: async (session, { email, name }) => {
      const paid = await post(`/v1/sandbox/checkout/sessions/${session}/complete`, { email, name })
      return [session, paid.customer, paid.subscription].filter((id) => typeof id === 'string')
    },
  }
}
