import { Compile } from 'typebox/compile'
import { CatalogContent, type CatalogPrice } from './catalog-content.ts'
import { nearest } from './nearest.ts'

/** Something wrong with a catalog, and where: `path` leads to it from the top. */
export interface CatalogProblem {
  readonly path: readonly string[]
  readonly message: string
  /** A catalog with errors cannot be applied; a warning is worth a look. */
  readonly severity: 'error' | 'warning'
}

export type LintedCatalog =
  | { readonly ok: true; readonly content: CatalogContent; readonly problems: readonly CatalogProblem[] }
  | { readonly ok: false; readonly problems: readonly CatalogProblem[] }

const shape = Compile(CatalogContent)

/** All problems of a catalog at once: its shape, what names what, prices with two meanings. */
export const lintCatalog = (value: unknown): LintedCatalog => {
  if (!shape.Check(value)) return { ok: false, problems: shapeProblems(value) }
  const problems = [
    ...references(value),
    ...overlaps(value),
    ...dates(value),
    ...unusedTiers(value),
    ...lookalikes(value),
  ]
  return problems.some((problem) => problem.severity === 'error')
    ? { ok: false, problems }
    : { ok: true, content: value, problems }
}

const error = (path: readonly string[], message: string): CatalogProblem => ({
  path,
  message,
  severity: 'error',
})
const warning = (path: readonly string[], message: string): CatalogProblem => ({
  path,
  message,
  severity: 'warning',
})

/** One for each place: a union that does not fit would otherwise complain once for every branch. */
const shapeProblems = (value: unknown): readonly CatalogProblem[] => {
  const found = new Map<string, CatalogProblem>()
  for (const one of shape.Errors(value)) {
    // Of an unknown key its parent tells; `false` is only how the schema says it.
    if (one.keyword === 'boolean') continue
    const path = pathOf(one.instancePath)
    const key = path.join('\n')
    if (!found.has(key)) found.set(key, error(path, explain(one)))
  }
  // A parent only says again that something below it is wrong.
  const keys = [...found.keys()]
  return [...found].flatMap(([key, problem]) =>
    problem.message === GENERIC && keys.some((other) => other.startsWith(`${key}\n`)) ? [] : [problem],
  )
}

const GENERIC = 'is not what it should be'

interface ShapeError {
  readonly keyword: string
  readonly message: string
  readonly params: unknown
}

const explain = ({ keyword, message, params }: ShapeError): string => {
  const { requiredProperties, additionalProperties } = (params ?? {}) as {
    requiredProperties?: readonly string[]
    additionalProperties?: readonly string[]
  }
  if (keyword === 'required') return `lacks ${(requiredProperties ?? []).join(', ')}`
  if (keyword === 'additionalProperties')
    return `has ${(additionalProperties ?? []).join(', ')}, which is not a known key`
  return keyword === 'anyOf' || keyword === 'const' ? GENERIC : message
}

const pathOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Every entry that gives a price a meaning, with its path. */
const entriesOf = (content: CatalogContent): readonly (readonly [readonly string[], CatalogPrice])[] => [
  ...Object.entries(content.prices).map(([id, price]) => [['prices', id], price] as const),
  ...Object.entries(content.stripe_products ?? {}).map(
    ([id, price]) => [['stripe_products', id], price] as const,
  ),
  ...(content.test_mode_fallback == null
    ? []
    : [[['test_mode_fallback'], content.test_mode_fallback] as const]),
]

const references = (content: CatalogContent): readonly CatalogProblem[] => {
  const tiers = Object.keys(content.tiers)
  const products = content.products === undefined ? undefined : Object.keys(content.products)
  return entriesOf(content).flatMap(([path, { tier, product }]) => [
    ...(tiers.includes(tier)
      ? []
      : [error([...path, 'tier'], `'${tier}' is not one of the tiers${suggest(tier, tiers)}`)]),
    ...(products === undefined || products.includes(product)
      ? []
      : [
          error([...path, 'product'], `'${product}' is not one of the products${suggest(product, products)}`),
        ]),
  ])
}

const suggest = (name: string, among: readonly string[]): string => {
  const near = nearest(name, among)
  return near === undefined ? ` (${among.join(', ')})` : `: did you mean '${near}'?`
}

const overlaps = (content: CatalogContent): readonly CatalogProblem[] => {
  const ignored = content.ignored_prices ?? []
  return [
    ...ignored.flatMap((id, at) => [
      ...(Object.hasOwn(content.prices, id)
        ? [error(['ignored_prices', String(at)], `'${id}' is also in prices: it cannot be sold and ignored`)]
        : []),
      ...(ignored.indexOf(id) < at
        ? [warning(['ignored_prices', String(at)], `'${id}' is listed twice`)]
        : []),
    ]),
    ...entriesOf(content).flatMap(([path, { validity, validity_days: days }]) =>
      validity !== undefined && days != null
        ? [error([...path, 'validity_days'], 'says the same as validity: keep one of the two')]
        : [],
    ),
    ...Object.keys(content.prices).flatMap((id) =>
      id.startsWith('prod_')
        ? [error(['prices', id], 'is a Stripe product: it belongs under stripe_products')]
        : [],
    ),
    ...Object.keys(content.stripe_products ?? {}).flatMap((id) =>
      id.startsWith('price_') || id.startsWith('plan_')
        ? [error(['stripe_products', id], 'is a Stripe price: it belongs under prices')]
        : [],
    ),
  ]
}

const dates = (content: CatalogContent): readonly CatalogProblem[] =>
  [
    ...entriesOf(content).map(([path, { validity }]) => [[...path, 'validity'], validity] as const),
    ...Object.entries(content.products ?? {}).map(
      ([id, { validity }]) => [['products', id, 'validity'], validity] as const,
    ),
  ].flatMap(([path, validity]) =>
    typeof validity === 'object' && 'until' in validity && !isDay(validity.until)
      ? [error([...path, 'until'], `${validity.until} is not a day of the calendar`)]
      : [],
  )

const isDay = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

const unusedTiers = (content: CatalogContent): readonly CatalogProblem[] => {
  const used = new Set(entriesOf(content).map(([, { tier }]) => tier))
  // The free tier is where dunning and ended subscriptions lead: no price sells it.
  return Object.keys(content.tiers).flatMap((tier) =>
    used.has(tier) || tier === 'free' ? [] : [warning(['tiers', tier], 'no price sells this tier')],
  )
}

/** `priority_support` in one tier and `priority-support` in another is how a customer loses a feature. */
const lookalikes = (content: CatalogContent): readonly CatalogProblem[] => {
  const spellings = new Map<string, string>()
  return Object.entries(content.tiers).flatMap(([tier, { features = [] }]) =>
    features.flatMap((feature, at) => {
      const folded = feature.toLowerCase().replace(/[^a-z0-9]/g, '')
      const known = spellings.get(folded)
      spellings.set(folded, known ?? feature)
      return known === undefined || known === feature
        ? []
        : [warning(['tiers', tier, 'features', String(at)], `'${feature}' is '${known}' in another tier`)]
    }),
  )
}
