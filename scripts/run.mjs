// Runs a TypeScript file on the project's own Node (24, from npm), whatever Node started this script.
// Plain JavaScript without dependencies: it is the first thing that runs on a bare clone.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const node = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))
const result = spawnSync(node, process.argv.slice(2), { stdio: 'inherit' })
process.exit(result.status ?? 1)
