// npm run docs:config: writes docs/config.md and .env.example from the services' declarations.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { configDocs } from './config-docs.ts'

for (const [path, text] of Object.entries(configDocs)) {
  writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text)
  console.log(`wrote ${path}`)
}
