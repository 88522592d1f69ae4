// npm test [-- JEST ARGUMENTS]                    everything, cheap things first
// npm run check | test:unit | test:laws | …       one kind: node scripts/test.mjs --only KIND [JEST ARGUMENTS]
// Ends with one line, `N passed, N failed`: Jest's tests and the static checks together.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bootstrap, QUIET_NODE, ROOT } from './bootstrap.mjs'

await bootstrap(import.meta.url)

const bin = (name) => join(ROOT, 'node_modules', '.bin', name)
const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js')

// Biome colors even a file unless it is told.
const colors = process.stdout.isTTY ? [] : ['--colors=off']

// Suites that share servers take turns: on two cores side by side is slower, and their timing is then their own.
// Jest's five seconds are for tests that wait for nobody.
const withServers = ['--runInBand', '--testTimeout=60000']

const KINDS = [
  {
    name: 'check',
    checks: [
      { name: 'types', command: bin('tsc'), args: ['-p', '.'] },
      { name: 'lint and format', command: bin('biome'), args: ['ci', '.', ...colors] },
      { name: 'mails', command: bin('node'), args: ['scripts/build-mails.ts', '--check'] },
    ],
  },
  {
    name: 'rules',
    checks: [
      { name: 'alerts and dashboards', command: bin('node'), args: ['scripts/check-observability.ts'] },
      { name: 'manifests', command: bin('node'), args: ['scripts/check-manifests.ts'] },
    ],
  },
  { name: 'unit', jest: [] },
  { name: 'laws', jest: [] },
  { name: 'integration', jest: withServers, needsStack: true },
  { name: 'e2e', jest: withServers, needsStack: true },
]

const parse = (args) => {
  const at = args.indexOf('--only')
  if (at < 0) return { kinds: KINDS, jestArgs: args.filter((arg) => arg !== '--') }
  const kinds = KINDS.filter(({ name }) => name === args[at + 1])
  const jestArgs = args.filter((arg, i) => i !== at && i !== at + 1 && arg !== '--')
  return { kinds, jestArgs }
}

const { kinds, jestArgs } = parse(process.argv.slice(2))
if (kinds.length === 0) {
  process.stderr.write(`--only takes one of: ${KINDS.map(({ name }) => name).join(', ')}\n`)
  process.exit(2)
}

const totals = { passed: 0, failed: 0 }
const scratch = mkdtempSync(join(tmpdir(), 'keyflow-test-'))
let running
let interrupted = false

const say = (line) => process.stdout.write(`${line}\n`)

/** Runs a command on this terminal; `until` may end it early by resolving. */
const run = (command, args, env = {}) =>
  new Promise((resolve) => {
    running = spawn(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } })
    running.once('error', (error) => {
      say(`${command}: ${error.message}`)
      resolve(1)
    })
    running.once('exit', (code) => resolve(code ?? 1))
  })

const runCheck = async ({ command, args }) => {
  const passed = (await run(command, args)) === 0
  totals[passed ? 'passed' : 'failed'] += 1
  return passed
}

const JEST_EXIT_PATIENCE_MS = 20_000

const readResults = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Jest writes its results and then waits for open handles, for ever if need be: after a while that is a failure. */
const endJestThatHangs = (resultsFile) => {
  let since
  const timer = setInterval(() => {
    if (readResults(resultsFile) === undefined) return
    since ??= Date.now()
    if (Date.now() - since < JEST_EXIT_PATIENCE_MS) return
    say('The tests are done, but something that they left open keeps Jest from ending.')
    running?.kill('SIGKILL')
  }, 1_000)
  return () => clearInterval(timer)
}

const runJest = async ({ name, jest }, env) => {
  const resultsFile = join(scratch, `${name}.json`)
  const options = ['--selectProjects', name, '--passWithNoTests', '--json', '--outputFile', resultsFile]
  const stopWatching = endJestThatHangs(resultsFile)
  const nodeOptions = ['--experimental-vm-modules', ...QUIET_NODE].join(' ')
  // Jest prints its JSON on standard output unless told to write it to a file: with both, only the file.
  const code = await run(process.execPath, [JEST, ...options, ...jest, ...jestArgs], {
    ...env,
    NODE_OPTIONS: nodeOptions,
  })
  stopWatching()
  const results = readResults(resultsFile)
  const passed = results?.numPassedTests ?? 0
  const failed = (results?.numFailedTests ?? 0) + (results?.numRuntimeErrorTestSuites ?? 0)
  totals.passed += passed
  // A Jest that died, or would not end, failed even if none of its tests did.
  totals.failed += code !== 0 && failed === 0 ? 1 : failed
  return code === 0
}

let stack

const stackEnv = async () => {
  if (stack === undefined) {
    const { startStack } = await import('../packages/devstack/src/index.ts')
    const started = Date.now()
    stack = await startStack({ log: say })
    say(`Kafka and MongoDB: ready in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  }
  return { KAFKA_BROKERS: stack.brokers.join(','), MONGODB_URL: stack.mongoUrl }
}

const timed = async (name, work) => {
  const started = Date.now()
  say(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`)
  const passed = await work()
  say(`── ${name}: ${passed ? 'passed' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  return passed
}

const runKind = async (kind) => {
  if (kind.checks === undefined)
    return timed(kind.name, async () => runJest(kind, kind.needsStack ? await stackEnv() : {}))
  let passed = true
  for (const check of kind.checks) passed = (await timed(check.name, () => runCheck(check))) && passed
  return passed
}

const onSignal = () => {
  interrupted = true
  running?.kill('SIGTERM')
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal)
process.once('disconnect', onSignal)

try {
  for (const kind of kinds) {
    // What costs more would only repeat the news.
    if (interrupted || !(await runKind(kind))) break
  }
} catch (error) {
  totals.failed += 1
  say(error.name === 'SetupError' ? error.message : error.stack)
} finally {
  await stack?.stop()
  rmSync(scratch, { recursive: true, force: true })
}
say(`\n${totals.passed} passed, ${totals.failed} failed`)
process.exit(totals.failed > 0 || interrupted ? 1 : 0)
