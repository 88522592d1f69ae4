import { describe, expect, it } from '@jest/globals'
import { pipes } from '../test/world.ts'
import { EXIT } from './command/exit-codes.ts'
import { runKeyflow } from './run-keyflow.ts'

const FIXTURES = new URL('../test/commands/', import.meta.url)

const run = async (line: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { world, written } = pipes({ KEYFLOW_ACTOR: 'ada', ...env })
  return { code: await runKeyflow(line, world, FIXTURES), ...written }
}

describe('the keyflow command', () => {
  it('finds a command by the path of its file', async () => {
    const { code, stdout } = await run(['box', 'open', 'shoes', '--reason', 'they fit', '--yes'])
    expect(code).toBe(EXIT.ok)
    expect(stdout).toBe('BOX    WHY\nshoes  they fit\n')
  })

  it('prints one JSON document with --json, wherever that stands', async () => {
    const after = await run(['box', 'open', 'shoes', '--reason', 'r', '--yes', '--json'])
    const before = await run(['--json', 'box', 'open', 'shoes', '--reason', 'r', '--yes'])
    expect(JSON.parse(after.stdout)).toEqual({ box: 'shoes', reason: 'r', actor: 'ada' })
    expect(before.stdout).toBe(after.stdout)
  })

  it('prefers --actor to the environment', async () => {
    const { stdout } = await run(['box', 'open', 'b', '--reason', 'r', '--yes', '--json', '--actor', 'bob'])
    expect(JSON.parse(stdout)).toMatchObject({ actor: 'bob' })
  })

  it('refuses a change without a reason as wrong usage', async () => {
    const { code, stdout, stderr } = await run(['box', 'open', 'shoes', '--yes'])
    expect(code).toBe(EXIT.usage)
    expect(stderr).toContain('--reason')
    expect(stdout).toBe('')
  })

  it('changes nothing where nobody can be asked and --yes was not said', async () => {
    const { code, stdout, stderr } = await run(['box', 'open', 'shoes', '--reason', 'r'])
    expect(code).toBe(EXIT.usage)
    expect(stderr).toContain('--yes')
    expect(stdout).toBe('')
  })

  it('need not ask for a dry run', async () => {
    expect((await run(['box', 'open', 'shoes', '--reason', 'r', '--dry-run'])).code).toBe(EXIT.ok)
  })

  it('answers with the exit code of the command', async () => {
    expect((await run(['box', 'open', 'empty', '--reason', 'r', '--yes'])).code).toBe(EXIT.found)
  })

  it('tells what went wrong and what to do about it, without a stack', async () => {
    const { code, stderr } = await run(['box', 'open', 'locked', '--reason', 'r'])
    expect(code).toBe(EXIT.failed)
    expect(stderr).toBe('It is locked.\nFind the key.\n')
  })

  it('suggests what an unknown command may have meant', async () => {
    const { code, stderr } = await run(['box', 'opne'])
    expect(code).toBe(EXIT.usage)
    expect(stderr).toContain('open')
  })

  it('teaches with examples, and lists what a folder of commands holds', async () => {
    const command = await run(['box', 'open', '--help'])
    expect(command.code).toBe(EXIT.ok)
    expect(command.stdout).toContain('$ keyflow box open shoes --reason "they fit"')
    expect(command.stdout).toContain('--token-file')
    const group = await run(['box', '--help'])
    expect(group.stdout).toContain('Things with a lid.')
    expect(group.stdout).toContain('Open a box')
  })

  it('lists every shipped command with a summary and examples', async () => {
    const { world, written } = pipes()
    expect(await runKeyflow(['--help'], world)).toBe(EXIT.ok)
    expect(written.stdout).toContain('Exit codes:')
    expect(written.stdout).toContain('license')
  })

  it.each([
    'connect',
    'doctor',
    'reconcile',
    'rebuild',
    'start-over',
    'redrive',
    'erase',
    'archive run',
    'archive verify',
    'mirror check',
    'catalog preview',
    'catalog apply',
    'catalog rollback',
  ])('teaches keyflow %s by examples that can be typed', async (name) => {
    const { world, written } = pipes()
    expect(await runKeyflow([...name.split(' '), '--help'], world)).toBe(EXIT.ok)
    expect(written.stdout).toMatch(new RegExp(`Examples:[\\s\\S]+\\$ (\\w+=\\S+ )?keyflow ${name}`))
  })

  it('never takes a secret as an argument', async () => {
    const { world, written } = pipes()
    await runKeyflow(['--help'], world)
    expect(written.stdout).not.toMatch(/--(token|secret|api-key|password)\b(?!-file)/)
  })
})
