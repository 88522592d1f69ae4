import { spawn } from 'node:child_process'

export interface ToolResult {
  /** null when the tool was not found. */
  readonly code: number | null
  /** Standard output and error, in order of arrival. */
  readonly output: string
}

const KEEP_CHARS = 20_000

/** Runs a command line tool to its end. A missing tool is a result (`code: null`), not an error. */
export const runTool = (
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<ToolResult> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-KEEP_CHARS)
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', (error) => resolve({ code: null, output: error.message }))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
