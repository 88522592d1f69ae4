import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** What an edge runtime offers is what is left when Node's own globals are gone. */
const PROGRAM = `import { readFileSync } from 'node:fs'
const file = new URL(import.meta.resolve('@keyflow/client/vectors/leases.json'))
const { keyset, vectors } = JSON.parse(readFileSync(file, 'utf8'))
for (const name of ['process', 'Buffer', 'setImmediate', 'global']) delete globalThis[name]
const { createClient, trustKeys, verifyLease } = await import('@keyflow/client')
let wrong = 0
for (const { lease, question, options, expected } of vectors) {
  const verified = await verifyLease(lease, trustKeys(keyset), question, options)
  const said = verified.ok ? verified.verdict.code : verified.problem
  if (said !== (expected.code ?? expected.problem)) wrong += 1
}
const client = createClient({ baseUrl: 'http://127.0.0.1:9', retries: 0 })
const { code, locks } = await client.validate('KF-X')
console.log(JSON.stringify({ vectors: vectors.length > 20, wrong, code, locks }))
`

describe('the client as it is published', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyflow-client-'))
  const modules = join(folder, 'node_modules')

  beforeAll(() => {
    mkdirSync(join(modules, '@keyflow'), { recursive: true })
    execFileSync(process.execPath, [
      join(ROOT, 'scripts/build-client.mjs'),
      join(modules, '@keyflow', 'client'),
    ])
    cpSync(join(ROOT, 'node_modules/jose'), join(modules, 'jose'), { recursive: true })
    writeFileSync(join(folder, 'program.mjs'), PROGRAM)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("runs with jose beside it and nothing else, and without anything of Node's own", () => {
    const said = execFileSync(process.execPath, [join(folder, 'program.mjs')], { encoding: 'utf8' })
    expect(JSON.parse(said)).toEqual({ vectors: true, wrong: 0, code: 'UNREACHABLE', locks: false })
  })
})
