import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { OPERATOR_TOKEN, ROOT, type ServiceName, type Surroundings, settingsOf } from './service-settings.ts'

export interface CommandRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Where an operator's command finds the services of a world. */
const addressesOf = ({ ports }: Surroundings): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(ports).flatMap(([name, { http, ops }]) => [
      [`KEYFLOW_${name.toUpperCase()}_URL`, `http://127.0.0.1:${http}`],
      [`KEYFLOW_${name.toUpperCase()}_OPS_URL`, `http://127.0.0.1:${ops}`],
    ]),
  )

/**
 * Runs `keyflow` as a process of its own, with the settings of a service, as an operator does. `more` goes into its
 * environment.
 */
export const runCommand = (
  surroundings: Surroundings,
  line: readonly string[],
  {
    as = 'licensing',
    more = {},
  }: { readonly as?: ServiceName; readonly more?: Readonly<Record<string, string>> } = {},
): Promise<CommandRun> =>
  new Promise((resolve) => {
    const env = {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: join(ROOT, '.keyflow/compiled'),
      ...settingsOf(as, surroundings),
      ...addressesOf(surroundings),
      KEYFLOW_TOKEN: OPERATOR_TOKEN,
      KEYFLOW_ACTOR: 'ada',
      ...more,
    }
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(ROOT, 'packages/cli/src/main.ts'), ...line],
      { env, timeout: 120_000, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
          stdout,
          stderr,
        }),
    )
  })
