// Runs a TypeScript file on the project's own Node (24, from npm), whatever Node started this script:
//   node scripts/run.mjs FILE.ts [ARGUMENTS]
import { ensureInstalled, runOnProjectNode } from './bootstrap.mjs'

const args = process.argv.slice(2)
if (args.length === 0) {
  process.stderr.write('Usage: node scripts/run.mjs FILE.ts [ARGUMENTS]\n')
  process.exit(2)
}
await ensureInstalled()
await runOnProjectNode(args)
