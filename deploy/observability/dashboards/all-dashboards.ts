import { board } from './board.ts'
import { BUSINESS } from './business.ts'
import { INGEST } from './ingest.ts'
import { OVERVIEW } from './overview.ts'
import type { BoardSpec } from './panel.ts'
import { PIPELINE } from './pipeline.ts'

export const BOARDS: readonly BoardSpec[] = [OVERVIEW, INGEST, PIPELINE, BUSINESS]

/** JSON of every dashboard, by file name without ending. */
export const dashboardFiles = (): Readonly<Record<string, string>> =>
  Object.fromEntries(BOARDS.map((spec) => [spec.uid, board(spec)]))
