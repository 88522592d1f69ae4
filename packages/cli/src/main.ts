import { runKeyflow } from './run-keyflow.ts'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // The second one means it.
    if (stopping.signal.aborted) process.exit(130)
    stopping.abort()
  })

const code = await runKeyflow(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stopping.signal,
})
// What a killed pipe or an open connection may still hold must not keep a finished command alive.
process.stdout.write('', () => process.exit(code))
