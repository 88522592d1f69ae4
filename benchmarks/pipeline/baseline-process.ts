// Runs the baseline in a process of its own, as licensing runs in one.
import { drainOneByOne } from './one-transaction-per-event.ts'

const options = JSON.parse(process.env.BENCH_OPTIONS ?? '{}') as Parameters<typeof drainOneByOne>[0]
const seconds = await drainOneByOne(options)
process.send?.(seconds)
process.disconnect()
