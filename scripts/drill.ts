// npm run drill -- ALERT … | all: makes the fault, and proves that its alert fires, arrives and resolves.
import { setTimeout as sleep } from 'node:timers/promises'
import { DRILL_FACTOR } from '../test/drills/drill-pace.ts'
import { startDrillWorld } from '../test/drills/drill-world.ts'
import { DRILLS } from '../test/drills/faults.ts'
import { type DrillResult, runDrill } from '../test/drills/run-drill.ts'

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const names = process.argv.slice(2).filter((arg) => arg !== '--')
const known = new Set(DRILLS.map(({ alert }) => alert))
const unknown = names.filter((name) => name !== 'all' && !known.has(name))
if (names.length === 0 || unknown.length > 0) {
  say(
    `npm run drill -- all, or some of:\n${DRILLS.map(({ alert, fault }) => `  ${alert}  ${fault}`).join('\n')}`,
  )
  process.exit(2)
}
const chosen = DRILLS.filter(({ alert }) => names.includes('all') || names.includes(alert))

/** Load before the first fault, so that there is a past to compare with. */
const WARM_UP_MS = 20_000

say(
  `All windows are ${DRILL_FACTOR} times shorter than in production: an hour is a minute. Thresholds are the same.`,
)
const world = await startDrillWorld(say)
const failed: string[] = []
try {
  await sleep(WARM_UP_MS)
  for (const drill of chosen) {
    say(`\n${drill.alert}: ${drill.fault} …`)
    const outcome: DrillResult | Error = await runDrill(world, drill).catch((error: Error) => error)
    if (outcome instanceof Error) {
      failed.push(drill.alert)
      say(`  FAILED: ${outcome.message}`)
      continue
    }
    const { receiver, fireSeconds, resolveSeconds, text } = outcome
    say(
      `  at "${receiver}" after ${fireSeconds.toFixed(1)} s, resolved ${resolveSeconds.toFixed(1)} s after mending`,
    )
    say(`  ${text}`)
  }
} finally {
  await world.stop()
}
say(
  `\n${chosen.length - failed.length} of ${chosen.length} drills went well${failed.length > 0 ? `; not: ${failed.join(', ')}` : ''}.`,
)
process.exit(failed.length > 0 ? 1 : 0)
