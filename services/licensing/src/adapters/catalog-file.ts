import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type CatalogContent, canonical, lintCatalog } from '@keyflow/contracts'
import { parse } from 'yaml'

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

/** Reads a YAML catalog. Throws CatalogError. */
export const loadCatalogFile = (path: string): CatalogContent => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new CatalogError(path, ['the file cannot be read'])
  }
  return parseCatalog(text, path)
}

/** `name` is only used in messages. */
export const parseCatalog = (text: string, name: string): CatalogContent => {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw new CatalogError(name, [`it is not YAML: ${(error as Error).message.split('\n')[0]}`])
  }
  const linted = lintCatalog(value)
  if (linted.ok) return linted.content
  throw new CatalogError(
    name,
    linted.problems
      .filter(({ severity }) => severity === 'error')
      .map(({ path, message }) => `${path.join('.') || 'the file'} ${message}`),
  )
}

/** Equal for equal contents, however they were written down. */
export const digestCatalog = (content: CatalogContent): string =>
  createHash('sha256').update(canonical(content)).digest('hex').slice(0, 12)
