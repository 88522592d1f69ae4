// What every script of this folder does first, on whatever Node (20 or newer) a bare clone is met with: install what
// is missing, then go on under the project's own Node (24, from npm). Plain JavaScript without dependencies.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

const NODE = join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

// Type stripping is stable enough to build on; kafkajs computes a negative timeout that Node turns into 1 ms.
export const QUIET_NODE = [
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=TimeoutNegativeWarning',
]

const readJson = (...path) => {
  try {
    return JSON.parse(readFileSync(join(ROOT, ...path), 'utf8'))
  } catch {
    return undefined
  }
}

/** True when node_modules holds exactly the versions of package-lock.json (npm keeps a list of what it installed). */
export const isInstalled = () => {
  const wanted = readJson('package-lock.json')?.packages ?? {}
  const installed = readJson('node_modules', '.package-lock.json')?.packages
  if (installed === undefined || !existsSync(NODE)) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true
    const found = installed[path]
    // Optional ones for other systems are listed, but rightly not installed here.
    if (found === undefined) return Boolean(entry.optional || entry.devOptional)
    return found.version === entry.version && Boolean(found.link) === Boolean(entry.link)
  })
}

const npmCi = () =>
  new Promise((resolve) => {
    // Under `npm test` this is the very npm that was called; by hand it is the one on the PATH.
    const npm = process.env.npm_execpath?.endsWith('.js')
      ? [process.execPath, process.env.npm_execpath]
      : ['npm']
    const args = [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error']
    const shell = process.platform === 'win32' && npm.length === 1
    const child = spawn(npm[0], args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], shell })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.once('error', (error) => resolve({ code: 1, output: error.message }))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })

const fail = (line) => {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}

/** Installs the dependencies when they are missing or not those of package-lock.json; says so while it does. */
export const ensureInstalled = async () => {
  if (isInstalled()) return
  const started = Date.now()
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`
  process.stderr.write('Dependencies: installing (npm ci) …\n')
  const ticker = setInterval(() => process.stderr.write(`Dependencies: installing … ${seconds()}\n`), 5_000)
  const { code, output } = await npmCi()
  clearInterval(ticker)
  if (/ENOSPC/.test(output))
    fail(`The disk of ${ROOT} is full: the dependencies need about 1 GB. Free some space and start again.`)
  if (code !== 0) fail(`npm ci failed (exit ${code}):\n${output.trimEnd()}`)
  if (!existsSync(NODE))
    fail('Node 24 was not installed (are install scripts switched off in npm?): run `npm rebuild node`.')
  process.stderr.write(`Dependencies: installed in ${seconds()}\n`)
}

const runsOnProjectNode = () => existsSync(NODE) && realpathSync(process.execPath) === realpathSync(NODE)

/**
 * Runs a script on the project's Node with this terminal, and ends with its exit code. The script's process has a
 * channel to this one: it sees `disconnect` should this one be killed.
 */
export const runOnProjectNode = (args) => {
  const child = spawn(NODE, [...QUIET_NODE, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  // A terminal's Ctrl-C reaches the child by itself and npm repeats it; a `kill` reaches only this process.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  watchNpm(() => child.kill('SIGTERM'))
  child.once('error', (error) => fail(`${NODE} could not be started: ${error.message}`))
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
  return new Promise(() => undefined)
}

/** npm that is killed outright tells nobody: its script would run on without it. */
const watchNpm = (onGone) => {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    onGone()
  }, 1_000)
  timer.unref()
}

/** First line of a script: returns only where dependencies are installed and the project's Node runs it. */
export const bootstrap = async (scriptUrl) => {
  if (runsOnProjectNode() && process.env.KEYFLOW_BOOTSTRAPPED === scriptUrl) return
  await ensureInstalled()
  process.env.KEYFLOW_BOOTSTRAPPED = scriptUrl
  await runOnProjectNode([fileURLToPath(scriptUrl), ...process.argv.slice(2)])
}
