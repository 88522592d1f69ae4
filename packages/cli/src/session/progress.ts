import { SingleBar } from 'cli-progress'
import type { World } from './terminal.ts'

/** Shows how far long work is: a bar on a terminal, a line now and then elsewhere, nothing with --quiet. */
export interface Progress {
  /** How much is done, and of how much where that is known by now. */
  readonly update: (done: number, total?: number) => void
  readonly end: () => void
}

const LINE_EVERY_MS = 5000

export const createProgress = (
  world: Pick<World, 'stderr'>,
  quiet: boolean,
  label: string,
  unit: string,
): Progress => {
  if (quiet) return { update: () => undefined, end: () => undefined }
  return world.stderr.isTTY === true ? createBar(world, label, unit) : createLines(world, label, unit)
}

const createBar = ({ stderr }: Pick<World, 'stderr'>, label: string, unit: string): Progress => {
  const bar = new SingleBar({
    stream: stderr,
    format: `${label} [{bar}] {value}/{total} ${unit}, {eta_formatted} left`,
    hideCursor: true,
    clearOnComplete: true,
  })
  bar.start(0, 0)
  return {
    update: (done, total) => {
      if (total !== undefined) bar.setTotal(total)
      bar.update(done)
    },
    end: () => bar.stop(),
  }
}

const createLines = ({ stderr }: Pick<World, 'stderr'>, label: string, unit: string): Progress => {
  const started = performance.now()
  let last = started
  return {
    update: (done, total) => {
      const now = performance.now()
      if (now - last < LINE_EVERY_MS) return
      last = now
      const perSecond = Math.round((done * 1000) / (now - started))
      const of = total === undefined ? '' : `/${total}`
      stderr.write(`${label}: ${done}${of} ${unit}, ${perSecond}/s\n`)
    },
    end: () => undefined,
  }
}
