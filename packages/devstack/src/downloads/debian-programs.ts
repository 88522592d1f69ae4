import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setupError } from '../setup-error.ts'
import { installOnce } from './install-once.ts'
import type { Log } from './progress.ts'
import { runTool } from './run-tool.ts'

export interface DebianPackages {
  /** Folder name in the cache. */
  readonly name: string
  readonly packages: readonly string[]
  /** A program that must be there afterwards, as its path inside the packages. */
  readonly proof: string
  readonly needsBytes: number
}

const failed = (names: string, output: string): Error =>
  setupError(`${names}: apt-get could not fetch it: ${output.trim().split('\n').at(-1)?.slice(0, 300) ?? ''}`)

/**
 * Folder with the unpacked files of Debian packages, fetched by apt-get the first time. Nothing is installed and no
 * service starts, so it needs no root; where apt has no lists yet it tries to get them.
 */
export const debianPrograms = (wanted: DebianPackages, log: Log): Promise<string> => {
  const names = wanted.packages.join(' and ')
  const fill = async (directory: string): Promise<void> => {
    const archives = join(directory, 'archives')
    mkdirSync(archives)
    const download = () => runTool('apt-get', ['download', '-q', ...wanted.packages], { cwd: archives })
    let result = await download()
    if (result.code === null) throw setupError(`${names}: neither on the PATH nor apt-get to fetch it with.`)
    if (result.code !== 0) {
      await runTool('apt-get', ['update', '-q'])
      result = await download()
    }
    if (result.code !== 0) throw failed(names, result.output)
    for (const file of readdirSync(archives)) {
      const unpacked = await runTool('dpkg-deb', ['-x', join(archives, file), directory])
      if (unpacked.code !== 0) throw failed(names, unpacked.output)
    }
    rmSync(archives, { recursive: true })
    if (!existsSync(join(directory, wanted.proof))) throw failed(names, `${wanted.proof} is not in them`)
  }
  return installOnce({
    name: wanted.name,
    what: `${names}: downloading (first time)`,
    needsBytes: wanted.needsBytes,
    log,
    fill,
  })
}
