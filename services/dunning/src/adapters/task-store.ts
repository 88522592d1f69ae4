import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { Filter } from 'mongodb'
import type { PlanTask } from '../domain/planned-step.ts'
import { readCursor, writeCursor } from './page-cursor.ts'

/** Something that a person must look at; closed when the case no longer asks for it. */
export interface TaskRow {
  /** `<case id>:<task key>` */
  _id: string
  case: string
  kind: PlanTask['kind']
  title: string
  openedAt: Date
  closedAt: Date | null
  /** Who did what it asks for, and how; absent when the case stopped asking. */
  closedBy?: TaskDone
}

export interface TaskDone {
  readonly actor: string
  readonly reason: string
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

export interface TaskFilter {
  readonly isOpen: boolean
  readonly caseId?: string
}

export interface TaskPage {
  readonly rows: readonly TaskRow[]
  /** Where the next page begins; null after the last one. */
  readonly nextCursor: string | null
}

/** Oldest first. Throws an `invalid` KeyflowError for a cursor that was not given out here. */
export const listTasks = async (
  store: Store,
  { isOpen, caseId }: TaskFilter,
  cursor: string | undefined,
  limit: number,
): Promise<TaskPage> => {
  const found = await rowsOf(store)
    .find({
      closedAt: isOpen ? null : { $ne: null },
      ...(caseId === undefined ? {} : { case: caseId }),
      ...(cursor === undefined ? {} : after(cursor)),
    })
    .sort({ openedAt: 1, _id: 1 })
    .limit(limit + 1)
    .toArray()
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const isLast = last === undefined || found.length <= limit
  return { rows, nextCursor: isLast ? null : writeCursor([last.openedAt.getTime(), last._id]) }
}

const after = (cursor: string): Filter<TaskRow> => {
  const [at, id] = readCursor(cursor)
  const openedAt = new Date(at ?? 0)
  return { $or: [{ openedAt: { $gt: openedAt } }, { openedAt, _id: { $gt: id } }] }
}

/** Somebody has done it: it is closed for good, though the case may still ask. Null = there is no such task. */
export const finishTask = async (
  store: Store,
  id: string,
  done: TaskDone,
  now: Date,
): Promise<TaskRow | null> => {
  const rows = rowsOf(store)
  await rows.updateOne({ _id: id, closedAt: null }, { $set: { closedAt: now, closedBy: done } })
  return rows.findOne({ _id: id })
}
