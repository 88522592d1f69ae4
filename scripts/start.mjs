// npm start [-- --fresh] [--no-demo]: installs what is missing, then everything on this machine until Ctrl-C.
// package.json says `exec`: npm's shell between the two would otherwise die of the same Ctrl-C and spoil the exit code.
import { join } from 'node:path'
import { ensureInstalled, ROOT, runOnProjectNode } from './bootstrap.mjs'

process.env.KEYFLOW_STARTED_AT = String(Date.now())
await ensureInstalled()
await runOnProjectNode([join(ROOT, 'packages/devstack/src/start/main.ts'), ...process.argv.slice(2)])
