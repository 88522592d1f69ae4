import { readFileSync } from 'node:fs'
import type { Field } from './fields.ts'

export type Fields = Readonly<Record<string, Field<unknown>>>
export type ConfigOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }
export type Environment = Readonly<Record<string, string | undefined>>

/** Every problem of a configuration at once, one sentence each; never a secret's value. */
export class ConfigError extends Error {
  readonly problems: readonly string[]
  constructor(service: string, problems: readonly string[]) {
    super(
      `${service}: the configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    )
    this.name = 'ConfigError'
    this.problems = problems
  }
}

export interface ConfigDeclaration<F extends Fields> {
  readonly service: string
  readonly fields: F
  /** Throws ConfigError with all problems. */
  readonly load: (env: Environment) => ConfigOf<F>
  /** What the process runs with, for the boot log: secrets masked. */
  readonly summary: (config: ConfigOf<F>) => Readonly<Record<string, unknown>>
}

/** The one declaration of a service's configuration: types, validation, documentation and example come from it. */
export const defineConfig = <const F extends Fields>(service: string, fields: F): ConfigDeclaration<F> => ({
  service,
  fields,
  load: (env) => {
    const problems: string[] = []
    const values: Record<string, unknown> = {}
    for (const [name, declared] of Object.entries(fields)) {
      try {
        const value = readValue(declared, env) ?? declared.fallback
        if (value === undefined) throw new Error(`is not set: ${declared.doc}`)
        values[name] = declared.parse(value)
      } catch (error) {
        problems.push(`${declared.env} ${(error as Error).message}`)
      }
    }
    if (problems.length === 0) problems.push(...misfits(fields, values))
    if (problems.length > 0) throw new ConfigError(service, problems)
    return values as ConfigOf<F>
  },
  summary: (config) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, declared]) => [
        name,
        declared.secret ? '[secret]' : config[name as keyof F],
      ]),
    ),
})

/** What does not fit together although each value by itself is right. */
const misfits = (fields: Fields, values: Readonly<Record<string, unknown>>): readonly string[] => {
  const byEnv = new Map(Object.entries(fields).map(([name, { env }]) => [env, values[name]]))
  return Object.values(fields).flatMap(({ fits }) => fits?.((env) => byEnv.get(env)) ?? [])
}

/** Secrets may come from a file (`<NAME>_FILE`): that keeps them out of the process's environment. */
const readValue = (declared: Field<unknown>, env: Environment): string | undefined => {
  const direct = env[declared.env]
  const path = declared.secret ? env[`${declared.env}_FILE`] : undefined
  if (path === undefined) return direct
  if (direct !== undefined) throw new Error(`and ${declared.env}_FILE are both set: keep one`)
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch {
    throw new Error(`cannot be read from the file that ${declared.env}_FILE names`)
  }
}
