// npm run docs:policy: writes the JSON Schema of dunning policies, which editors check policy files with.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PolicyFileSchema } from '../services/dunning/src/adapters/policy-schema.ts'

const path = 'services/dunning/policies/policy.schema.json'
writeFileSync(
  fileURLToPath(new URL(`../${path}`, import.meta.url)),
  `${JSON.stringify(PolicyFileSchema, null, 2)}\n`,
)
console.log(`wrote ${path}`)
