type Path = readonly (string | number)[]

/** Deep enough for every field that is read; a hostile replacement may nest without end. */
const DEEPEST = 12

const pathsOf = (value: unknown, path: Path = []): Path[] => {
  if (path.length > DEEPEST) return []
  if (typeof value !== 'object' || value === null) return path.length === 0 ? [] : [path]
  const inner = Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))
  return path.length === 0 ? inner : [path, ...inner]
}

const parentOf = (root: unknown, path: Path): Record<string, unknown> =>
  path.slice(0, -1).reduce((at, key) => (at as Record<string, unknown>)[key], root) as Record<string, unknown>

export interface Mutation {
  /** Picks a path, whatever the payload. */
  readonly where: number
  /** What stands there afterwards; undefined deletes. */
  readonly to: unknown
}

/** A copy of the payload with each of the mutations applied in turn. */
export const mutate = (payload: unknown, mutations: readonly Mutation[]): unknown => {
  const mutated = structuredClone(payload)
  for (const { where, to } of mutations) {
    const paths = pathsOf(mutated)
    const path = paths[where % Math.max(paths.length, 1)]
    if (path === undefined) return mutated
    const parent = parentOf(mutated, path)
    const key = path.at(-1) as string
    if (to === undefined) delete parent[key]
    else parent[key] = to
  }
  return mutated
}
