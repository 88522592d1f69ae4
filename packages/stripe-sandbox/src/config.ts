import type { SandboxOptions } from './app.ts'

/** Shared by the CLI session and the webhook endpoint of a development stack, so that ingest can know it beforehand. */
export const DEFAULT_SIGNING_SECRET = 'whsec_keyflowSandboxSigningSecret000'

export type Configuration =
  | { readonly ok: true; readonly options: SandboxOptions }
  | { readonly ok: false; readonly problems: readonly string[] }

type Environment = Readonly<Record<string, string | undefined>>

const present = (environment: Environment, name: string): string | undefined => {
  const value = environment[name]?.trim()
  return value === '' ? undefined : value
}

/** Reads STRIPE_SANDBOX_*; reports every problem at once and never repeats a secret. */
export const readConfiguration = (environment: Environment): Configuration => {
  const problems: string[] = []
  const port = Number(present(environment, 'STRIPE_SANDBOX_PORT') ?? 12_111)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push('STRIPE_SANDBOX_PORT must be a port number (0 to 65535).')
  const webhookUrl = present(environment, 'STRIPE_SANDBOX_WEBHOOK_URL')
  if (webhookUrl !== undefined && !URL.canParse(webhookUrl))
    problems.push(
      'STRIPE_SANDBOX_WEBHOOK_URL must be a URL, such as http://127.0.0.1:8787/api/v1/webhooks/stripe.',
    )
  const secret = present(environment, 'STRIPE_SANDBOX_WEBHOOK_SECRET') ?? DEFAULT_SIGNING_SECRET
  if (!/^whsec_\w{8,}$/.test(secret)) problems.push('STRIPE_SANDBOX_WEBHOOK_SECRET must start with whsec_.')
  if (problems.length > 0) return { ok: false, problems }
  const data = present(environment, 'STRIPE_SANDBOX_DATA')
  const apiVersion = present(environment, 'STRIPE_SANDBOX_WEBHOOK_API_VERSION') ?? null
  return {
    ok: true,
    options: {
      host: present(environment, 'STRIPE_SANDBOX_HOST') ?? '127.0.0.1',
      port,
      signingSecret: secret,
      ...(data === undefined ? {} : { data }),
      ...(webhookUrl === undefined ? {} : { webhook: { url: webhookUrl, secret, apiVersion } }),
    },
  }
}

/** The environment of this process, read here and nowhere else. */
export const processEnvironment = (): Environment => process.env
