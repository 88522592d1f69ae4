import { middle, type Results } from './results.ts'

/** One row of what is to be reached, as a ratio within this run. */
interface Reach {
  readonly what: string
  readonly value: number
  readonly least: number
  readonly goal: number
  readonly better: 'more' | 'less'
}

const rowsOf = ({ closed, calm, held }: Results): readonly Reach[] => {
  const limit = 2 * middle(calm, 'floorStripe', (m) => m.latencies.p99) + 3
  const rate = (who: 'keyflow' | 'tutorial') => middle(held, who, (h) => h.rate)
  const throughput = (who: 'keyflow' | 'tutorial' | 'handler') => middle(closed, who, (m) => m.perSecond)
  const cpu = (who: 'keyflow' | 'tutorial') => middle(closed, who, (m) => m.cpuPerRequest)
  return [
    {
      what: 'highest rate held / tutorial',
      value: rate('keyflow') / rate('tutorial'),
      least: 3,
      goal: 4,
      better: 'more',
    },
    {
      what: 'accepted/s in closed loop / tutorial',
      value: throughput('keyflow') / throughput('tutorial'),
      least: 2,
      goal: 3,
      better: 'more',
    },
    {
      what: 'accepted/s in closed loop / tutorial handler',
      value: throughput('keyflow') / throughput('handler'),
      least: 12,
      goal: 12,
      better: 'more',
    },
    {
      what: 'CPU per event / tutorial',
      value: cpu('keyflow') / cpu('tutorial'),
      least: 0.55,
      goal: 0.35,
      better: 'less',
    },
    {
      what: `p99 at 200/s / (2x constructEvent floor + 3 ms = ${limit.toFixed(1)} ms)`,
      value: middle(calm, 'keyflow', (m) => m.latencies.p99) / limit,
      least: 1,
      goal: 1,
      better: 'less',
    },
  ]
}

const grade = ({ value, least, goal, better }: Reach): string => {
  const reaches = (bound: number): boolean => (better === 'more' ? value >= bound : value <= bound)
  if (reaches(goal)) return 'pass, goal reached'
  return reaches(least) ? 'pass, goal missed' : 'FAIL'
}

/** The ratios that the product promises, each against its least and its goal. */
export const printReach = (results: Results): void => {
  console.log('\nReach (ratios within this run)')
  for (const row of rowsOf(results)) {
    const sign = row.better === 'more' ? '>=' : '<='
    const bounds = `least ${sign} ${row.least.toFixed(2)}, goal ${sign} ${row.goal.toFixed(2)}`
    console.log(`  ${row.what.padEnd(60)}${row.value.toFixed(2).padStart(6)}   ${bounds}   ${grade(row)}`)
  }
}
