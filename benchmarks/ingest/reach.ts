/** One row of what is to be reached, as a ratio within this run. */
export interface Reach {
  readonly what: string
  readonly value: number
  readonly least: number
  readonly goal: number
  /** Whether more is better. */
  readonly up: boolean
}

const reached = (value: number, bound: number, up: boolean): boolean => (up ? value >= bound : value <= bound)

const grade = ({ value, least, goal, up }: Reach): string => {
  if (reached(value, goal, up)) return 'goal reached'
  return reached(value, least, up) ? 'least reached, goal missed' : 'MISSED'
}

export const printReach = (rows: readonly Reach[]): void => {
  console.log('\nReach (ratios within this run)')
  for (const row of rows) {
    const sign = row.up ? '>=' : '<='
    const bounds = `least ${sign} ${row.least.toFixed(2)}, goal ${sign} ${row.goal.toFixed(2)}`
    console.log(
      `  ${row.what.padEnd(62)} ${row.value.toFixed(2).padStart(6)}   ${bounds.padEnd(34)} ${grade(row)}`,
    )
  }
}
