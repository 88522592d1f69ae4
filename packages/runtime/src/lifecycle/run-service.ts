import type { ConfigDeclaration, ConfigOf, Environment, Fields } from '../config/define-config.ts'
import { ConfigError } from '../config/define-config.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'

/** A wired service: `app.ts` builds it, `main.ts` runs it. */
export interface App {
  /** Resolves once it listens and consumes. */
  readonly start: () => Promise<void>
  /** Stops intake, finishes work in hand, closes. Safe to call once at any time after construction. */
  readonly stop: () => Promise<void>
}

export interface AppContext {
  readonly logger: Logger
  /** Ends the process: for failures that leave it alive but useless. */
  readonly onFatal: (error: Error) => void
  /** Aborted when shutdown begins: ends waiting. */
  readonly signal: AbortSignal
}

const EXIT = { clean: 0, failed: 1, badConfig: 78 } as const

type WithBasics = { readonly logLevel: string; readonly shutdownMs: number }

/**
 * Loads the configuration (all problems at once, exit 78; `--check-config` stops here), starts the app, and stops it in
 * order on SIGTERM or SIGINT. A second signal, or a stop that takes longer than SHUTDOWN_MS, ends the process at once.
 */
export const runService = async <F extends Fields>(
  declaration: ConfigDeclaration<F>,
  createApp: (config: ConfigOf<F>, context: AppContext) => App,
  environment: Environment,
): Promise<void> => {
  const config = loadOrExit(declaration, environment)
  const { logLevel, shutdownMs } = config as unknown as WithBasics
  const logger = createLogger({ service: declaration.service, level: logLevel })
  if (process.argv.includes('--check-config')) process.exit(EXIT.clean)

  const stopping = new AbortController()
  let exitCode: number = EXIT.clean
  let app: App | undefined
  const shutdown = (why: string, code: number): void => {
    if (stopping.signal.aborted) {
      if (code === EXIT.clean) process.exit(EXIT.failed)
      exitCode = code
      return
    }
    exitCode = code
    stopping.abort()
    logger.info({ why }, 'service.stopping')
    // Keeps the process alive: a stop that waits for nothing that Node knows of would end it with exit code 0.
    setTimeout(() => {
      logger.error({ after_ms: shutdownMs }, 'service.stop_overdue')
      process.exit(EXIT.failed)
    }, shutdownMs)
    Promise.resolve()
      .then(() => app?.stop())
      .catch((error: unknown) => {
        exitCode = EXIT.failed
        logger.error({ err: error }, 'service.stop_failed')
      })
      .finally(() => {
        logger.info({ exit: exitCode }, 'service.stopped')
        process.exit(exitCode)
      })
  }
  process.on('SIGTERM', () => shutdown('SIGTERM', EXIT.clean))
  process.on('SIGINT', () => shutdown('SIGINT', EXIT.clean))
  const fatal = (error: unknown): void => {
    logger.fatal({ err: error }, 'service.failed')
    shutdown('failure', EXIT.failed)
  }
  process.on('unhandledRejection', fatal)
  process.on('uncaughtException', fatal)

  logger.info({ config: declaration.summary(config) }, 'service.starting')
  const started = performance.now()
  try {
    app = createApp(config, { logger, onFatal: fatal, signal: stopping.signal })
    await app.start()
    logger.info({ boot_ms: Math.round(performance.now() - started) }, 'service.started')
  } catch (error) {
    if (!stopping.signal.aborted) fatal(error)
  }
}

const loadOrExit = <F extends Fields>(
  declaration: ConfigDeclaration<F>,
  environment: Environment,
): ConfigOf<F> => {
  try {
    return declaration.load(environment)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(EXIT.badConfig)
  }
}
