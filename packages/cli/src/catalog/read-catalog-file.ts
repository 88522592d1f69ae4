import { readFileSync } from 'node:fs'
import { type CatalogContent, type CatalogProblem, lintCatalog } from '@keyflow/contracts'
import { LineCounter, parseDocument } from 'yaml'
import { CliError } from '../command/cli-error.ts'
import { EXIT } from '../command/exit-codes.ts'

/** A problem of a catalog file, and the line that it is on. */
export interface FileProblem extends CatalogProblem {
  /** 1 = the first; null when the file as a whole is meant. */
  readonly line: number | null
}

export interface CatalogFile {
  /** null when it cannot be applied as it is. */
  readonly content: CatalogContent | null
  readonly problems: readonly FileProblem[]
}

/** Reads and checks a YAML (or JSON) catalog; every problem with its line. */
export const readCatalogFile = (path: string): CatalogFile => {
  let text: string
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch {
    throw new CliError(`${path} cannot be read.`, { exitCode: EXIT.usage })
  }
  return checkCatalogText(text)
}

export const checkCatalogText = (text: string): CatalogFile => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  if (document.errors.length > 0)
    return {
      content: null,
      problems: document.errors.map((error) => ({
        path: [],
        message: error.message.split('\n')[0] ?? 'is not YAML',
        severity: 'error',
        line: lines.linePos(error.pos[0]).line,
      })),
    }
  const linted = lintCatalog(document.toJS())
  const lineOf = (path: readonly string[]): number | null => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(
        path.slice(0, length).map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
        true,
      )
      const range = (node as { range?: readonly number[] } | undefined)?.range
      if (range?.[0] !== undefined) return lines.linePos(range[0]).line
    }
    return null
  }
  return {
    content: linted.ok ? linted.content : null,
    problems: linted.problems.map((problem) => ({ ...problem, line: lineOf(problem.path) })),
  }
}

/** The content, or a CliError that names every problem. */
export const requireCatalog = (path: string): CatalogContent => {
  const { content, problems } = readCatalogFile(path)
  if (content !== null) return content
  throw new CliError(describeProblems(path, problems).join('\n'), {
    exitCode: EXIT.found,
    fix: 'Nothing was sent. Mend the file and try again.',
  })
}

/** One line for each, as compilers write them. */
export const describeProblems = (path: string, problems: readonly FileProblem[]): readonly string[] =>
  problems.map(
    ({ line, path: where, message, severity }) =>
      `${path}${line === null ? '' : `:${line}`}: ${severity}: ${where.length === 0 ? '' : `${where.join('.')} `}${message}`,
  )
