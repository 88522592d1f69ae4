// devstack up              Kafka and MongoDB until Ctrl-C, for any number of test runs
// devstack run -- COMMAND  the same for as long as COMMAND runs, which finds the addresses in its environment
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { isSetupError } from './setup-error.ts'
import { announceStack } from './shared-stack.ts'
import { type Stack, startStack } from './stack.ts'

const USAGE = 'Usage: devstack up [--data DIR] | devstack run -- COMMAND [ARGUMENTS]'

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

const envOf = ({ brokers, mongoUrl }: Stack): Record<string, string> => ({
  KAFKA_BROKERS: brokers.join(','),
  MONGODB_URL: mongoUrl,
})

const untilSignal = (): Promise<void> =>
  new Promise((resolve) => {
    const keepAlive = setInterval(() => undefined, 60_000)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => {
        clearInterval(keepAlive)
        resolve()
      })
  })

const up = async (dataDir: string | undefined): Promise<number> => {
  const stack = await startStack({ log: say, ...(dataDir !== undefined && { dataDir }) })
  const withdraw = announceStack(stack)
  for (const [name, value] of Object.entries(envOf(stack)))
    process.stdout.write(`export ${name}='${value}'\n`)
  say('Ready. Tests of this checkout find it by themselves. Ctrl-C stops it.')
  await untilSignal()
  withdraw()
  await stack.stop()
  return 0
}

const run = async ([command, ...args]: readonly string[]): Promise<number> => {
  if (command === undefined) throw new Error(USAGE)
  const stack = await startStack({ log: say })
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...envOf(stack) } })
  // The command gets a Ctrl-C from the terminal itself and ends; this process then stops the stack.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const code = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      say(error.message)
      resolve(127)
    })
    child.once('exit', (status) => resolve(status ?? 1))
  })
  await stack.stop()
  return code
}

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    options: { data: { type: 'string' } },
    allowPositionals: true,
  })
  const [verb, ...rest] = positionals
  if (verb === 'up') return up(values.data)
  if (verb === 'run') return run(rest)
  say(USAGE)
  return 2
}

try {
  process.exitCode = await main()
} catch (error) {
  say(isSetupError(error) ? error.message : String(error instanceof Error ? error.stack : error))
  process.exitCode = 1
}
