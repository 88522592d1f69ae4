import { mkdirSync, writeFileSync } from 'node:fs'
import { vectorFiles } from './vector-files.ts'

// npm run vectors: after a change of the protocol that is meant.
const folder = new URL('../vectors/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [name, content] of Object.entries(await vectorFiles()))
  writeFileSync(new URL(name, folder), content)
