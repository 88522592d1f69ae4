/** One row of what is to be reached, as measured in this run. */
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
  console.log('\nReach')
  for (const row of rows) {
    const sign = row.up ? '>=' : '<='
    const bounds = `least ${sign} ${row.least}, goal ${sign} ${row.goal}`
    console.log(
      `  ${row.what.padEnd(70)} ${row.value.toFixed(2).padStart(8)}   ${bounds.padEnd(30)} ${grade(row)}`,
    )
  }
}
