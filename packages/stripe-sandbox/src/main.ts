import { createSandbox } from './app.ts'
import { processEnvironment, readConfiguration } from './config.ts'

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const refuse = (lines: readonly string[]): void => {
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exitCode = 1
}

const why = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'EADDRINUSE'
    ? 'The Stripe sandbox cannot start: its port is taken. Stop the other process or set STRIPE_SANDBOX_PORT.'
    : `The Stripe sandbox cannot start: ${message}`
}

const configuration = readConfiguration(processEnvironment())

if (configuration.ok) {
  const sandbox = createSandbox({
    ...configuration.options,
    onError: (error) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
  })
  try {
    const { url } = await sandbox.start()
    say(`Stripe sandbox listens on ${url}`)
    const stop = (): void => {
      void sandbox.stop()
    }
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
  } catch (error) {
    refuse([why(error)])
  }
} else {
  refuse(configuration.problems)
}
