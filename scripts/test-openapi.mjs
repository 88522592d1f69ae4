// npm run test:openapi [-- --max-examples N]
// Runs the license API on a real Kafka and MongoDB, and has schemathesis (PyPI, in an environment of its own that is thrown away)
// ask it everything that its own OpenAPI page allows, and much that it does not: no 5xx, no status that the page does not name.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bootstrap, ROOT } from './bootstrap.mjs'

await bootstrap(import.meta.url)

const SCHEMATHESIS = 'schemathesis==4.32.5'
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
]
const folder = mkdtempSync(join(tmpdir(), 'keyflow-openapi-'))
const cleanups = [() => rmSync(folder, { recursive: true, force: true })]

const run = (command, args, options = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', ...options })
    child.once('error', () => resolve(127))
    child.once('exit', (code) => resolve(code ?? 1))
  })

/** The command of a fresh installation, or what is missing. */
const installSchemathesis = async () => {
  if ((await run('python3', ['--version'])) !== 0) return { missing: 'python3' }
  const venv = join(folder, 'venv')
  if ((await run('python3', ['-m', 'venv', venv])) !== 0) return { missing: 'the venv module of python3' }
  const pip = join(venv, 'bin', 'pip')
  if ((await run(pip, ['install', '--quiet', '--disable-pip-version-check', SCHEMATHESIS])) !== 0)
    return { missing: `${SCHEMATHESIS} (pip cannot install it)` }
  return { command: join(venv, 'bin', 'schemathesis') }
}

const startLicensing = async () => {
  const { createTopics, pickFreePort, startStack, waitUntil } = await import(
    '../packages/devstack/src/index.ts'
  )
  const { ALL_TOPICS } = await import('../packages/contracts/src/index.ts')
  const stack = await startStack({ log: () => {} })
  cleanups.unshift(() => stack.stop())
  await createTopics(stack.brokers, ALL_TOPICS, { partitions: 2 })
  const [http, ops] = [await pickFreePort(), await pickFreePort()]
  const token = randomBytes(24).toString('base64url')
  const service = spawn(process.execPath, ['--no-warnings', join(ROOT, 'services/licensing/src/main.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      KAFKA_BROKERS: stack.brokers.join(','),
      MONGODB_URL: stack.mongoUrl,
      MONGODB_DATABASE: `openapi_${randomBytes(4).toString('hex')}`,
      ISSUER_SECRET: randomBytes(32).toString('hex'),
      KEY_TRANSPORT_SECRET: randomBytes(32).toString('base64'),
      PERSONAL_MASTER_KEYS: `test:${randomBytes(32).toString('base64')}`,
      STRIPE_API_KEY: 'sk_test_0123456789',
      STRIPE_API_BASE: 'http://127.0.0.1:9',
      OPERATOR_TOKEN: token,
      HTTP_PORT: String(http),
      OPS_PORT: String(ops),
      LOG_LEVEL: 'error',
      VALIDATIONS_PER_LICENSE: '1000000',
      MISSES_PER_ADDRESS: '1000000',
    },
  })
  cleanups.unshift(
    () =>
      new Promise((resolve) => {
        service.once('exit', resolve)
        service.kill('SIGTERM')
      }),
  )
  const isReady = async () => (await fetch(`http://127.0.0.1:${ops}/readyz`)).ok
  await waitUntil(isReady, { what: 'licensing to be ready', deadlineMs: 60_000 })
  return { api: `http://127.0.0.1:${http}`, token }
}

/** Real ids among the random ones, so that more is met than "not found"; and nobody waits half a minute for a payment. */
const configFor = async (api, token) => {
  const answer = await fetch(`${api}/api/v1/licenses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ product_id: 'keyflow-example', tier: 'pro' }),
  })
  const { id, key } = await answer.json()
  return `
[[operations]]
include-operation-id = "getLicensesOfSession"
parameters = { wait = "0" }

[[operations]]
include-path-regex = "^/api/v1/licenses/[{]id[}]"
parameters = { id = "${id}" }

[[operations]]
include-operation-id = ["activate", "deactivate"]
parameters = { key = "${key}" }
`
}

const ask = async (command) => {
  const { api, token } = await startLicensing()
  const config = join(folder, 'schemathesis.toml')
  writeFileSync(config, await configFor(api, token))
  const args = [
    ...['--config-file', config, 'run', `${api}/openapi.json`, '--checks', CHECKS.join(',')],
    ...['--header', `Authorization: Bearer ${token}`],
    // One worker: CPython 3.11 counts the depth of its parser for all threads at once, and stops at a mismatch.
    ...['--max-examples', '15', '--seed', '1', '--workers', '1', '--no-color'],
    ...process.argv.slice(2).filter((arg) => arg !== '--'),
  ]
  return run(command, args, { stdio: 'inherit', cwd: folder })
}

let code = 0
try {
  const { command, missing } = await installSchemathesis()
  if (command === undefined) process.stdout.write(`test:openapi: not run, for want of ${missing}\n`)
  else code = await ask(command)
} finally {
  for (const cleanup of cleanups) await cleanup()
}
process.exit(code)
