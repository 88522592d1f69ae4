import { cpus } from 'node:os'

interface Times {
  readonly busyMs: number
  readonly totalMs: number
}

/** Processor time of the whole machine since it was started, all cores together. */
export const readMachine = (): Times => {
  let [busyMs, totalMs] = [0, 0]
  for (const { times } of cpus()) {
    const used = times.user + times.nice + times.sys + times.irq
    busyMs += used
    totalMs += used + times.idle
  }
  return { busyMs, totalMs }
}

/** Share of all cores that was busy between two readings, in percent. */
export const busyPercent = (before: Times, after: Times): number =>
  ((after.busyMs - before.busyMs) / (after.totalMs - before.totalMs)) * 100
