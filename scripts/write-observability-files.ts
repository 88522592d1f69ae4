// npm run docs:observability: writes the rules and dashboards in deploy/ from their definitions in deploy/observability.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { observabilityFiles } from './observability-files.ts'

for (const [path, text] of Object.entries(observabilityFiles())) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(`wrote ${path}`)
}
