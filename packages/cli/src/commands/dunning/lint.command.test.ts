import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { pipes } from '../../../test/world.ts'
import { EXIT } from '../../command/exit-codes.ts'
import { runKeyflow } from '../../run-keyflow.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyflow-lint-'))
afterAll(() => rmSync(folder, { recursive: true }))

const lint = async (...args: readonly string[]) => {
  const { world, written } = pipes({})
  const code = await runKeyflow(['dunning', 'lint', ...args], world)
  return { code, ...written }
}

describe('keyflow dunning lint', () => {
  it('finds nothing in the shipped policy', async () => {
    const { code, stdout } = await lint()
    expect(code).toBe(EXIT.ok)
    expect(stdout).toContain('default; no problems.')
  })

  it('names every problem with its line, and ends with 3', async () => {
    const file = join(folder, 'policy.yaml')
    writeFileSync(
      file,
      `version: 1
policies:
  - id: harsh
    match: { country: [DE] }
    steps:
      - { id: suspend, after: P1D, do: [{ restrict: { level: suspended } }] }
`,
    )
    const { code, stdout } = await lint(file)
    expect(code).toBe(EXIT.found)
    expect(stdout).toContain(`${file}:4: error: policies.0.match must be {}`)
    expect(stdout).toContain(`${file}:6: error: policies.0.steps.0 restricts and has no notice`)
    const json = await lint(file, '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, findings: expect.arrayContaining([]) })
  })

  it('tells of a file that is not there', async () => {
    expect((await lint(join(folder, 'missing.yaml'))).code).toBe(EXIT.usage)
  })
})
