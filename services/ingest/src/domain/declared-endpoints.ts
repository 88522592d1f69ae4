import { type Endpoint, MODES, type Mode } from './endpoint.ts'
import { secretProblems } from './webhook-secret.ts'

export const DEFAULT_ENDPOINT = 'default'

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/
const ACCOUNT = /^(?:any|platform|connect|acct_\w+)$/
const KEYS = ['secrets', 'mode', 'account']

export const isAccount = (value: unknown): value is string => typeof value === 'string' && ACCOUNT.test(value)

const isMode = (value: unknown): value is Mode => MODES.some((mode) => mode === value)

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')

const asDeclarations = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

/**
 * Further endpoints, declared as JSON: `{"<name>": {"secrets": ["whsec_…"], "mode": "live", "account": "connect"}}`;
 * mode and account default to `any`. Answers everything that is wrong at once, and never quotes a secret.
 */
export const readDeclaredEndpoints = (
  text: string,
): { readonly endpoints: readonly Endpoint[]; readonly problems: readonly string[] } => {
  const declarations = asDeclarations(text)
  if (declarations === undefined)
    return { endpoints: [], problems: ['must be a JSON object of endpoints by name'] }
  const endpoints: Endpoint[] = []
  const problems: string[] = []
  for (const [name, declared] of Object.entries(declarations)) {
    const fields = (typeof declared === 'object' ? declared : null) as Readonly<
      Record<string, unknown>
    > | null
    const { secrets = [], mode = 'any', account = 'any' } = fields ?? {}
    const found = [
      ...(NAME.test(name) ? [] : ['needs a name of lower-case letters, digits and dashes']),
      ...(name === DEFAULT_ENDPOINT ? ['is the name of the endpoint of STRIPE_WEBHOOK_SECRET'] : []),
      ...(Object.keys(fields ?? {}).every((key) => KEYS.includes(key))
        ? []
        : [`may hold only ${KEYS.join(', ')}`]),
      ...(isTexts(secrets) ? secretProblems(secrets) : ['must hold an array "secrets" of texts']),
      ...(isMode(mode) ? [] : [`must have a mode of ${MODES.join(', ')}`]),
      ...(isAccount(account) ? [] : ['must have an account of any, platform, connect or acct_…']),
    ]
    problems.push(...found.map((problem) => `"${name}" ${problem}`))
    if (isTexts(secrets) && isMode(mode) && isAccount(account))
      endpoints.push({ name, secrets, mode, account })
  }
  return { endpoints, problems }
}

/** Two endpoints with one secret could not be told apart: each would accept what was signed for the other. */
export const sharedSecretProblems = (endpoints: readonly Endpoint[]): readonly string[] => {
  const owners = new Map<string, string>()
  const problems = new Set<string>()
  for (const { name, secrets } of endpoints)
    for (const secret of secrets) {
      const owner = owners.get(secret) ?? name
      if (owner !== name) problems.add(`the endpoints "${owner}" and "${name}" hold the same secret`)
      owners.set(secret, owner)
    }
  return [...problems]
}
