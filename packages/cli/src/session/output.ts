import type { World } from './terminal.ts'

export interface Output {
  /** A line of the result for people; nothing with --json. */
  readonly say: (line?: string) => void
  /** Rows under a header, columns aligned; nothing with --json. */
  readonly table: (header: readonly string[], rows: readonly (readonly string[])[]) => void
  /** The one JSON document of --json; nothing without. */
  readonly json: (document: unknown) => void
  /** A remark that is not the result; always to stderr. */
  readonly note: (line: string) => void
}

/** The result goes to stdout, everything else to stderr: `keyflow … | jq` works. */
export const createOutput = (world: Pick<World, 'stdout' | 'stderr'>, json: boolean): Output => {
  const out = (line: string): void => {
    world.stdout.write(`${line}\n`)
  }
  return {
    say: (line = '') => {
      if (!json) out(line)
    },
    table: (header, rows) => {
      if (!json) for (const line of alignColumns([header, ...rows])) out(line)
    },
    json: (document) => {
      if (json) out(JSON.stringify(document, undefined, 2))
    },
    note: (line) => {
      world.stderr.write(`${line}\n`)
    },
  }
}

/** Pads every column to its longest cell; the last one is left as it is. */
export const alignColumns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths: number[] = []
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length)
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
