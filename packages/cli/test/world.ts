import { PassThrough } from 'node:stream'
import type { World } from '../src/session/terminal.ts'

/** A world of pipes: nobody is at the terminal; what was written can be read. */
export const pipes = (env: Readonly<Record<string, string>> = {}) => {
  const written = { stdout: '', stderr: '' }
  const collect = (name: keyof typeof written) => {
    const stream = new PassThrough()
    stream.on('data', (chunk: Buffer) => {
      written[name] += chunk.toString()
    })
    return stream
  }
  const stopping = new AbortController()
  const world: World = {
    env,
    stdin: new PassThrough(),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    signal: stopping.signal,
  }
  return { world, written, stop: () => stopping.abort() }
}
