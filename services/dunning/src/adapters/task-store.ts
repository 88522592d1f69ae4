import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { PlanTask } from '../domain/planned-step.ts'

/** Something that a person must look at; closed when the case no longer asks for it. */
export interface TaskRow {
  /** `<case id>:<task key>` */
  _id: string
  case: string
  kind: PlanTask['kind']
  title: string
  openedAt: Date
  closedAt: Date | null
}

export const TASKS: CollectionSpec = {
  name: 'tasks',
  indexes: [
    { key: { closedAt: 1, openedAt: 1 }, name: 'open' },
    { key: { case: 1 }, name: 'case' },
  ],
}

const rowsOf = (store: Store) => store.db.collection<TaskRow>(TASKS.name)

/** Opens tasks once each. */
export const raiseTasks = async (
  { store, session, now }: Transaction,
  tasks: readonly { readonly caseId: string; readonly task: PlanTask }[],
): Promise<void> => {
  if (tasks.length === 0) return
  await rowsOf(store).bulkWrite(
    tasks.map(({ caseId, task }) => ({
      updateOne: {
        filter: { _id: `${caseId}:${task.key}` },
        update: {
          $setOnInsert: { case: caseId, kind: task.kind, title: task.title, openedAt: now, closedAt: null },
        },
        upsert: true,
      },
    })),
    { session, ordered: false },
  )
}

/** Cases that are closed ask for nothing any more. */
export const closeTasks = async (
  { store, session, now }: Transaction,
  caseIds: readonly string[],
): Promise<void> => {
  if (caseIds.length === 0) return
  await rowsOf(store).updateMany(
    { case: { $in: [...caseIds] }, closedAt: null },
    { $set: { closedAt: now } },
    { session },
  )
}

export const countOpenTasks = (store: Store): Promise<number> =>
  rowsOf(store).countDocuments({ closedAt: null })
