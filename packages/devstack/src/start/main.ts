// npm start: everything on this machine, in the foreground, until Ctrl-C.
import { STATE_DIR } from '../checkout.ts'
import { createSupervisor } from '../processes/supervisor.ts'
import { isSetupError, setupError } from '../setup-error.ts'
import { givenAddresses, type Stack } from '../stack.ts'
import { readArguments, USAGE } from './arguments.ts'
import { demoPurchase } from './demo-purchase.ts'
import { devSecrets } from './dev-secrets.ts'
import { claimPorts, type StopSteps, startInstallation, wipeVolumes } from './installation.ts'
import { readPorts } from './ports.ts'
import { addressTable } from './present.ts'
import type { World } from './program.ts'
import { createSandboxClient } from './sandbox-client.ts'
import { prepareFolders, type StateFolders, stateFolders, turnLogs, wipeData } from './state-folders.ts'
import { listenForStop } from './stop-signal.ts'
import { stripeSettings } from './stripe-settings.ts'

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const startedAt = Number(process.env.KEYFLOW_STARTED_AT) || Date.now()

const explain = (error: unknown): string => {
  if (isSetupError(error)) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

const prepare = async (fresh: boolean, supervisor: ReturnType<typeof createSupervisor>) => {
  const folders = stateFolders(STATE_DIR)
  const { ports, problems } = readPorts(process.env)
  if (problems.length > 0) throw setupError(problems.join('\n'))
  prepareFolders(folders)
  const secrets = devSecrets(folders.secretsFile)
  const stripe = stripeSettings(process.env, secrets, `http://127.0.0.1:${ports.STRIPE_SANDBOX_PORT}`)
  const world = { ports, secrets, stripe, dataDir: folders.data, env: process.env }
  const parts = { world, folders, supervisor, log: say }
  await claimPorts(parts)
  if (fresh) {
    wipeData(folders)
    await wipeVolumes(folders)
    const given = givenAddresses()
    if (given.brokers || given.mongoUrl) say('--fresh leaves a Kafka or MongoDB given by address as it is.')
  }
  prepareFolders(folders)
  turnLogs(folders)
  return parts
}

const showDemo = async (
  { ports, stripe }: World,
  { brokers }: Stack,
  { logs }: StateFolders,
): Promise<void> => {
  if (stripe.replaced.length > 0) {
    say(`No demo purchase: ${stripe.replaced.join(', ')} took the place of the sandbox's own.`)
    return
  }
  const sandbox = createSandboxClient(stripe.apiBase, stripe.apiKey)
  const inboxUrl = `http://127.0.0.1:${ports.INBOX_PORT}`
  await demoPurchase({ sandbox, brokers, inboxUrl, say }).catch((error: unknown) => {
    say(`The demo purchase went wrong: ${error instanceof Error ? error.message : error}; see ${logs}.`)
  })
}

const run = async (demo: boolean, parts: Awaited<ReturnType<typeof prepare>>, steps: StopSteps) => {
  const { world, folders } = parts
  const { stack, broken } = await startInstallation(parts, steps)
  say(addressTable(world.ports, stack, folders))
  say(`ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
  const shown = demo ? showDemo(world, stack, folders) : Promise.resolve()
  void shown.then(() => say('Ctrl-C stops everything.'))
  return broken
}

const main = async (): Promise<number> => {
  const { fresh, demo, help } = readArguments(process.argv.slice(2))
  if (help) {
    say(USAGE)
    return 0
  }
  // The supervisor's channel and pending promises do not keep a process alive; being started does.
  const keepAlive = setInterval(() => undefined, 60_000)
  const stop = listenForStop()
  const supervisor = createSupervisor()
  const steps: StopSteps = []
  const lived = prepare(fresh, supervisor)
    .then((parts) => run(demo, parts, steps))
    .catch((error: unknown) => error)
  const reason = await Promise.race([stop.requested, lived])
  if (reason !== undefined) say(explain(reason))
  const started = steps.length > 0
  if (started) say('Stopping …')
  stop.onFurther(() => process.exit(1))
  for (const step of steps.toReversed())
    await step().catch((error: unknown) => say(`While stopping: ${explain(error)}`))
  await supervisor.close()
  clearInterval(keepAlive)
  if (started) say('Stopped.')
  return reason === undefined ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  say(explain(error))
  process.exitCode = 1
}
process.exit()
