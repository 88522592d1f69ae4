import { existsSync, writeFileSync } from 'node:fs'
import type { CatalogContent } from '@keyflow/contracts'
import { stringify } from 'yaml'
import { createCatalogClient } from '../catalog/catalog-client.ts'
import { CliError } from '../command/cli-error.ts'
import { EXIT } from '../command/exit-codes.ts'
import type { Session } from '../session/session.ts'
import { carryOut, planFor } from './connect-endpoint.ts'
import { draftCatalog } from './draft-catalog.ts'
import { checkPermissions } from './permissions.ts'
import { describeDrift } from './plan-endpoint.ts'
import { readPrices } from './read-prices.ts'
import { putIntoEnvFile, readFromEnvFile, rotated } from './secret-file.ts'
import { askingStripe, type StripeSession } from './stripe-session.ts'

const SECRET = 'STRIPE_WEBHOOK_SECRET'

/** Every permission that Keyflow needs; a CliError that names all missing ones. */
export const requirePermissions = async ({ client }: StripeSession) => {
  const permissions = await askingStripe(() => checkPermissions(client))
  const missing = permissions.filter(({ granted }) => !granted)
  if (missing.length === 0) return permissions
  throw new CliError(
    [
      `The Stripe key lacks ${missing.length} permission(s):`,
      ...missing.map(({ resource, access, what }) => `  - ${resource}: ${access} (to ${what})`),
    ].join('\n'),
    {
      exitCode: EXIT.notPermitted,
      fix: 'Edit the restricted key at https://dashboard.stripe.com/apikeys, and run this again.',
    },
  )
}

interface EndpointOptions {
  readonly url: string
  readonly secrets: string
  readonly showSecret: boolean
  readonly replace: boolean
  readonly dryRun?: boolean | undefined
}

/** Creates, adopts or replaces the endpoint, and stores its secret. */
export const connectEndpoint = async (
  session: Session,
  { client }: StripeSession,
  options: EndpointOptions,
) => {
  const plan = await askingStripe(() => planFor(client, options.url, options.replace))
  const drift = plan.kind === 'mend' || plan.kind === 'replace' ? describeDrift(plan.drift) : []
  const words = {
    create: `Endpoint: ${options.url} is to be created.`,
    keep: 'Endpoint: as it should be.',
    mend: `Endpoint: adopted, and mended: ${drift.join('; ')}.`,
    replace: `Endpoint: a new one takes the place of the present one${drift.length === 0 ? '' : ` (${drift.join('; ')})`}.`,
  }
  session.say(words[plan.kind])
  if (plan.kind === 'mend' && plan.drift.version !== null)
    session.say('  Stripe never changes the version of an endpoint: --replace makes a new one.')
  if (options.dryRun === true) return { plan: plan.kind, drift, id: null }
  const connected = await askingStripe(() => carryOut(client, options.url, plan))
  if (connected.secret === null) {
    if (readFromEnvFile(options.secrets, SECRET) === undefined)
      session.note(
        `Stripe shows a secret only once: take it from the dashboard into ${options.secrets}, or use --replace.`,
      )
    return { plan: plan.kind, drift, id: connected.id }
  }
  const value = rotated(connected.secret, readFromEnvFile(options.secrets, SECRET))
  putIntoEnvFile(options.secrets, SECRET, value, `${connected.id}, since ${new Date().toISOString()}`)
  session.say(`Secret: in ${options.secrets}, readable by you alone. Start ingest with it.`)
  if (options.showSecret) session.say(`  ${connected.secret}`)
  if (connected.replaces !== null)
    session.say(
      `  ${connected.replaces} still sends as well, which does no harm. Disable it once ingest runs with both secrets.`,
    )
  return { plan: plan.kind, drift, id: connected.id, replaces: connected.replaces, secrets: options.secrets }
}

const EMPTY: CatalogContent = { tiers: {}, prices: {} }

/** Writes what is sold as a catalog for review; the catalog in force goes before what metadata says. */
export const draftFromStripe = async (
  session: Session,
  { client }: StripeSession,
  options: {
    readonly catalog: string
    readonly dryRun?: boolean | undefined
    readonly yes?: boolean | undefined
  },
) => {
  const base = await catalogInForce(session)
  const prices = await askingStripe(() => readPrices(client))
  const { content, added, unknown, problems } = draftCatalog(base ?? EMPTY, prices)
  for (const problem of problems) session.note(problem)
  session.say(
    `Catalog: ${prices.length} prices at Stripe; ${prices.length - added.length - unknown.length} known already, ${added.length} by their metadata, ${unknown.length} unknown.`,
  )
  const summary = { prices: prices.length, added: added.map(idOf), unknown: unknown.map(idOf) }
  if (options.dryRun === true || (added.length === 0 && unknown.length === 0))
    return { ...summary, file: null }
  if (existsSync(options.catalog)) await session.confirm(`Overwrite ${options.catalog}?`, options.yes)
  const remarks = unknown.map(
    ({ id, nickname, product, costs }) =>
      `#   ${id}: { tier: …, product: … }   # ${[product.name, nickname].filter(Boolean).join(', ')}, ${costs}`,
  )
  writeFileSync(
    options.catalog,
    [
      '# A draft. Look at it, then: keyflow catalog preview FILE',
      ...(remarks.length === 0
        ? []
        : [
            '# Nothing says yet what these prices sell; give them keyflow_tier metadata, or a line:',
            ...remarks,
          ]),
      stringify(content),
    ].join('\n'),
  )
  session.say(
    `  The draft is in ${options.catalog}: look at it, then \`keyflow catalog preview\` and \`apply\`.`,
  )
  return { ...summary, file: options.catalog }
}

const idOf = ({ id }: { readonly id: string }): string => id

/** null when licensing does not answer: a draft can be made without it. */
const catalogInForce = async (session: Session): Promise<CatalogContent | null> => {
  try {
    return (await createCatalogClient(session).inForce()).content
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    session.note(`The draft begins empty, without the catalog in force: ${error.message}`)
    return null
  }
}
