// npm run laws -- --runs 100000: the laws of licensing over as many random histories as one likes.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const at = process.argv.indexOf('--runs')
const runs = at === -1 ? '2000' : process.argv[at + 1]
if (!/^[1-9][0-9]*$/.test(runs ?? '')) {
  console.error('usage: npm run laws -- --runs NUMBER')
  process.exit(2)
}
const started = Date.now()
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const result = spawnSync(
  path('../node_modules/node/bin/node'),
  [
    '--no-warnings',
    '--experimental-vm-modules',
    path('../node_modules/jest/bin/jest.js'),
    '--selectProjects',
    'laws',
    '--testPathPatterns',
    'any-order',
    '--testTimeout',
    '7200000',
  ],
  { stdio: 'inherit', cwd: path('..'), env: { ...process.env, LAW_RUNS: runs } },
)
console.log(`${runs} histories a law, ${((Date.now() - started) / 1000).toFixed(0)} s`)
process.exit(result.status ?? 1)
