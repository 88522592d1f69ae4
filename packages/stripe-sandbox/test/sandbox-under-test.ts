import Stripe from 'stripe'
import { createSandbox, type SandboxOptions } from '../src/index.ts'

export const SECRET = 'whsec_sandboxUnderTest'
export const KEY = 'sk_test_sandbox'

/** A started sandbox on a free port with the real client pointed at it. */
export const startSandbox = async (options: SandboxOptions = {}) => {
  const sandbox = createSandbox({
    port: 0,
    retry: { baseMs: 5, capMs: 40, attempts: 6 },
    ...options,
  })
  const { url } = await sandbox.start()
  const stripe = new Stripe(KEY, {
    host: '127.0.0.1',
    port: new URL(url).port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  })
  /** A call that only the sandbox has. */
  const play = async (path: string, form: Record<string, string> = {}) => {
    const response = await fetch(`${url}/v1/sandbox/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}` },
      body: new URLSearchParams(form),
    })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  return { sandbox, stripe, play, url }
}
