import type { CollectionSpec, Transaction } from '@keyflow/runtime'
import type { StepRun } from '../domain/case-file.ts'

/** Every step that was ever taken. Its id makes it impossible that one is taken twice, whatever else goes wrong. */
interface StepRunRow {
  /** `<case id>:<step key>` */
  _id: string
  case: string
  run: StepRun
  owner: string
  at: Date
}

export const STEP_RUNS: CollectionSpec = {
  name: 'step_runs',
  indexes: [{ key: { case: 1 }, name: 'case' }],
}

/** A duplicate key aborts the transaction: somebody else took that step. */
export const insertStepRuns = async (
  { store, session, now }: Transaction,
  steps: readonly { readonly caseId: string; readonly run: StepRun }[],
  owner: string,
): Promise<void> => {
  if (steps.length === 0) return
  await store.db.collection<StepRunRow>(STEP_RUNS.name).insertMany(
    steps.map(({ caseId, run }) => ({ _id: `${caseId}:${run.key}`, case: caseId, run, owner, at: now })),
    { session, ordered: false },
  )
}

export const findStepRuns = async (
  { store, session }: Transaction,
  caseIds: readonly string[],
): Promise<readonly { readonly caseId: string; readonly run: StepRun }[]> => {
  const rows = await store.db
    .collection<StepRunRow>(STEP_RUNS.name)
    .find({ case: { $in: [...caseIds] } }, { session })
    .toArray()
  return rows.map((row) => ({ caseId: row.case, run: row.run }))
}
