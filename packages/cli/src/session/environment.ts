import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { parseEnv } from 'node:util'
import { CliError } from '../command/cli-error.ts'
import { EXIT } from '../command/exit-codes.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The environment, over what an `--env-file` says. */
export const withEnvFile = (env: Environment, path: string | undefined): Environment => {
  if (path === undefined) return env
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined))
  return { ...parseEnv(readSmallFile(path, '--env-file')), ...given }
}

/** Text of a file that an option or a variable names. */
export const readSmallFile = (path: string, named: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new CliError(`${named}: ${path} cannot be read.`, { exitCode: EXIT.badConfig })
  }
}

/** Who acts: `--actor`, KEYFLOW_ACTOR, or the user of this machine. Part of every change's history. */
export const readActor = (given: string | undefined, env: Environment): string => {
  const named = (given ?? env.KEYFLOW_ACTOR)?.trim()
  if (named) return named
  try {
    return userInfo().username
  } catch {
    throw new CliError('Nobody knows who you are: this user has no name.', {
      exitCode: EXIT.usage,
      fix: 'Say it with --actor or KEYFLOW_ACTOR.',
    })
  }
}
