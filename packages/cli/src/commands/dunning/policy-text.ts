import { readFileSync } from 'node:fs'
import type { lintPolicyText } from '@keyflow/dunning/policies'
import { CliError } from '../../command/cli-error.ts'
import { EXIT } from '../../command/exit-codes.ts'
import type { Session } from '../../session/session.ts'

/** `-` is standard input. */
export const policyText = (path: string): string => {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch {
    throw new CliError(`${path} cannot be read.`, { exitCode: EXIT.usage })
  }
}

/** One line for each problem, as editors can jump to them. */
export const sayFindings = (
  session: Session,
  path: string,
  findings: ReturnType<typeof lintPolicyText>['findings'],
): void => {
  for (const { severity, line, path: place, message } of findings)
    session.say(`${path}:${line ?? 1}: ${severity}: ${place} ${message}`)
}
