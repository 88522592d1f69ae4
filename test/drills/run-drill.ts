import { waitUntil } from '@keyflow/devstack'
import type { Notice } from './alert-receiver.ts'
import type { DrillWorld } from './drill-world.ts'
import type { Drill } from './faults.ts'

export interface DrillResult {
  readonly alert: string
  readonly fault: string
  readonly receiver: string
  /** From the fault to the alert at its receiver. */
  readonly fireSeconds: number
  /** From the mending to the resolution at its receiver. */
  readonly resolveSeconds: number
  readonly text: string
}

const FIRE_MS = 120_000
const RESOLVE_MS = 180_000

/** Injects a fault, waits for its alert at the receiver, mends, and waits for the resolution. Throws when one does not come. */
export const runDrill = async (world: DrillWorld, drill: Drill): Promise<DrillResult> => {
  const { monitoring } = world
  await waitUntil(async () => !(await monitoring.firing()).includes(drill.alert), {
    what: `${drill.alert} to be silent before its drill`,
    deadlineMs: RESOLVE_MS,
    everyMs: 500,
  })
  const after = (status: Notice['status'], since: number) => () =>
    monitoring.notices.find(
      (notice) =>
        notice.name === drill.alert &&
        notice.receiver === drill.receiver &&
        notice.status === status &&
        notice.at >= since,
    )
  const faultAt = Date.now()
  await drill.inject(world)
  let fired: Notice | undefined
  try {
    fired = await waitUntil(after('firing', faultAt), {
      what: `${drill.alert} at "${drill.receiver}"`,
      deadlineMs: FIRE_MS,
      everyMs: 100,
    })
  } finally {
    await drill.mend(world)
  }
  const mendedAt = Date.now()
  const resolved = await waitUntil(after('resolved', fired.at), {
    what: `${drill.alert} to resolve`,
    deadlineMs: RESOLVE_MS,
    everyMs: 100,
  })
  return {
    alert: drill.alert,
    fault: drill.fault,
    receiver: fired.receiver,
    fireSeconds: (fired.at - faultAt) / 1000,
    resolveSeconds: Math.max(0, resolved.at - mendedAt) / 1000,
    text: `${fired.summary} ${fired.description}`,
  }
}
