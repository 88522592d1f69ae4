import type { ConfigDeclaration, ConfigOf, Fields } from '@keyflow/runtime'
import type { GlobalOptions } from '../command/global-options.ts'
import { addressOf, type ServiceName, tokenFor } from './addresses.ts'
import { type ApiClient, createApiClient } from './api-client.ts'
import { confirm } from './confirm.ts'
import { type Environment, readActor, withEnvFile } from './environment.ts'
import { createOutput, type Output } from './output.ts'
import { createProgress, type Progress } from './progress.ts'
import type { World } from './terminal.ts'

/** Everything that a command may use of the world around it. */
export interface Session extends Output {
  /** Whether --json was given. */
  readonly asJson: boolean
  /** Whose name goes into the history. */
  readonly actor: string
  readonly env: Environment
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** Throws unless the person agrees; `saidYes` is the value of --yes. */
  readonly confirm: (question: string, saidYes: boolean | undefined) => Promise<void>
  /** `unit` is what is counted, e.g. `licenses`. */
  readonly progress: (label: string, unit: string) => Progress
  readonly api: (service: ServiceName) => ApiClient
  /** Reads settings from the environment or --env-file; all problems at once. */
  readonly config: <F extends Fields>(declaration: ConfigDeclaration<F>) => ConfigOf<F>
}

export const openSession = (world: World, options: GlobalOptions): Session => {
  const env = withEnvFile(world.env, options.envFile)
  return {
    ...createOutput(world, options.json),
    asJson: options.json,
    get actor() {
      return readActor(options.actor, env)
    },
    env,
    signal: world.signal,
    confirm: (question, saidYes) => confirm(world, question, saidYes),
    progress: (label, unit) => createProgress(world, options.quiet, label, unit),
    api: (service) => {
      const address = addressOf(service, options, env)
      return createApiClient({
        service,
        address,
        token: tokenFor(address, options, env),
        signal: world.signal,
      })
    },
    config: (declaration) => declaration.load(env),
  }
}
