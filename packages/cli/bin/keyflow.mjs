#!/usr/bin/env node
// The `keyflow` command, on the project's own Node whatever Node npx was started with.
import { fileURLToPath } from 'node:url'
import { ensureInstalled, runOnProjectNode } from '../../../scripts/bootstrap.mjs'

await ensureInstalled()
await runOnProjectNode([fileURLToPath(new URL('../src/main.ts', import.meta.url)), ...process.argv.slice(2)])
