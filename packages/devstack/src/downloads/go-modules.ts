import { renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setupError } from '../setup-error.ts'
import { cacheDir } from './cache-dir.ts'
import { installOnce } from './install-once.ts'
import type { Log } from './progress.ts'
import { runTool, type ToolResult } from './run-tool.ts'

export interface GoModule {
  readonly module: string
  readonly version: string
}

export interface GoProgram extends GoModule {
  /** What it is called here. */
  readonly name: string
  /** Folder of its package in the module; the module itself where it has none. */
  readonly command?: string
}

const assertDone = ({ code, output }: ToolResult, what: string): void => {
  if (code === null) throw setupError(`${what}: Go is missing. Install Go 1.24 or newer (Debian: golang).`)
  if (code !== 0) throw setupError(`${what}: go could not fetch it: ${output.trim().slice(-300)}`)
}

/** Folder with the files of a Go module, from the module cache of Go; its checksum is that of Go's public log. */
export const goModuleFolder = async ({ module, version }: GoModule): Promise<string> => {
  const result = await runTool('go', ['mod', 'download', '-json', `${module}@${version}`], { cwd: tmpdir() })
  assertDone(result, module)
  const folder = /"Dir": (".*")/.exec(result.output)?.[1]
  if (folder === undefined) throw setupError(`${module}: go does not say where it put it.`)
  return JSON.parse(folder) as string
}

/** Where a program of a Go module is, once it has been built. */
export const goProgramPath = ({ name, version }: GoProgram): string =>
  join(cacheDir(), `${name}-${version}`, name)

/** Path of a program that Go has built from the pinned version of its module, the first time only. */
export const goProgram = async (wanted: GoProgram, log: Log): Promise<string> => {
  const { name, version, module, command } = wanted
  const source = command === undefined ? module : `${module}/${command}`
  await installOnce({
    name: `${name}-${version}`,
    what: `${name}: building (first time)`,
    needsBytes: 400 * 1024 * 1024,
    log,
    fill: async (directory) => {
      const env = { ...process.env, GOBIN: directory }
      assertDone(await runTool('go', ['install', `${source}@${version}`], { cwd: directory, env }), name)
      const built = basename(source)
      const fileName = /^v\d+$/.test(built) ? basename(source.slice(0, -built.length - 1)) : built
      if (fileName !== name) renameSync(join(directory, fileName), join(directory, name))
    },
  })
  return goProgramPath(wanted)
}
