import { Command } from '@commander-js/extra-typings'

/** Options of every command, before or after its name. No secret is among them: they would show in `ps`. */
export const createProgram = () =>
  new Command('keyflow')
    .option('--json', 'print one JSON document to stdout, for scripts', false)
    .option(
      '--api-url <url>',
      'where the API answers; default: KEYFLOW_API_URL, else the services on this machine',
    )
    .option(
      '--token-file <path>',
      'file with the bearer token; default: KEYFLOW_TOKEN_FILE, KEYFLOW_TOKEN, OPERATOR_TOKEN',
    )
    .option('--env-file <path>', 'read settings from this file; the environment wins')
    .option('--actor <name>', 'who acts, for the history; default: KEYFLOW_ACTOR, else your user name')
    .option('--quiet', 'no progress', false)

export interface GlobalOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly apiUrl?: string | undefined
  readonly tokenFile?: string | undefined
  readonly envFile?: string | undefined
  readonly actor?: string | undefined
}
