import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Catalog, PriceEntry, Tier } from '../domain/catalog.ts'
import { readValidation } from './catalog-validation.ts'

/** Every problem of a catalog file at once. */
export class CatalogError extends Error {
  readonly problems: readonly string[]
  constructor(path: string, problems: readonly string[]) {
    super(
      `${path}: the catalog has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    )
    this.name = 'CatalogError'
    this.problems = problems
  }
}

/** Reads a YAML catalog; its version is the digest of its bytes. Throws CatalogError. */
export const loadCatalogFile = (path: string): Catalog => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new CatalogError(path, ['the file cannot be read'])
  }
  return parseCatalog(text, path)
}

/** `name` is only used in messages. */
export const parseCatalog = (text: string, name: string): Catalog => {
  const problems: string[] = []
  const raw = readYaml(text, problems)
  const root = asMap(raw, 'the file', problems)
  for (const key of Object.keys(root))
    if (!['tiers', 'prices', 'ignored_prices', 'test_mode_fallback'].includes(key))
      problems.push(`${key} is not a known key`)
  const tiers: Record<string, Tier> = {}
  for (const [id, value] of Object.entries(asMap(root.tiers, 'tiers', problems)))
    tiers[id] = readTier(id, value, problems)
  const prices: Record<string, PriceEntry> = {}
  for (const [id, value] of Object.entries(asMap(root.prices, 'prices', problems)))
    prices[id] = readEntry(`prices.${id}`, value, tiers, problems)
  const ignored = root.ignored_prices ?? []
  if (!Array.isArray(ignored) || ignored.some((p) => typeof p !== 'string'))
    problems.push('ignored_prices must be a list of price ids')
  const fallback =
    root.test_mode_fallback == null
      ? null
      : readEntry('test_mode_fallback', root.test_mode_fallback, tiers, problems)
  if (problems.length > 0) throw new CatalogError(name, problems)
  return {
    version: createHash('sha256').update(text).digest('hex').slice(0, 12),
    tiers,
    prices,
    ignoredPrices: ignored as string[],
    testModeFallback: fallback,
  }
}

const readYaml = (text: string, problems: string[]): unknown => {
  try {
    return parse(text)
  } catch (error) {
    problems.push(`it is not YAML: ${(error as Error).message.split('\n')[0]}`)
    return {}
  }
}

const asMap = (value: unknown, what: string, problems: string[]): Record<string, unknown> => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  problems.push(`${what} must be a map`)
  return {}
}

const readTier = (id: string, value: unknown, problems: string[]): Tier => {
  const map = asMap(value, `tiers.${id}`, problems)
  const { max_domains: maxDomains, max_machines: maxMachines = null, features = [] } = map
  if (!Number.isInteger(maxDomains) || (maxDomains as number) < 0)
    problems.push(`tiers.${id}.max_domains must be a whole number`)
  if (maxMachines !== null && (!Number.isInteger(maxMachines) || (maxMachines as number) < 0))
    problems.push(`tiers.${id}.max_machines must be a whole number`)
  if (!Array.isArray(features) || features.some((f) => typeof f !== 'string'))
    problems.push(`tiers.${id}.features must be a list of names`)
  const validation = readValidation(`tiers.${id}`, map, problems)
  return {
    name: id,
    maxDomains: maxDomains as number,
    features: features as string[],
    ...(maxMachines === null ? {} : { maxMachines: maxMachines as number }),
    ...(validation === null ? {} : { validation }),
  }
}

const readEntry = (
  where: string,
  value: unknown,
  tiers: Readonly<Record<string, Tier>>,
  problems: string[],
): PriceEntry => {
  const map = asMap(value, where, problems)
  const { tier, product, validity_days: validityDays = null, maintenance_days: maintenanceDays = null } = map
  if (typeof tier !== 'string' || tiers[tier] === undefined)
    problems.push(`${where}.tier must be one of ${Object.keys(tiers).join(', ')}`)
  if (typeof product !== 'string' || product === '') problems.push(`${where}.product must name the product`)
  for (const [key, days] of Object.entries({
    validity_days: validityDays,
    maintenance_days: maintenanceDays,
  }))
    if (days !== null && (!Number.isInteger(days) || (days as number) < 1))
      problems.push(`${where}.${key} must be a whole number of days`)
  return {
    tier: tier as string,
    productId: product as string,
    validityDays: validityDays as number | null,
    ...(maintenanceDays === null ? {} : { maintenanceDays: maintenanceDays as number }),
  }
}
