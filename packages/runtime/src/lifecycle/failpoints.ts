/**
 * Points at which a crash test may end the process the hard way. Inert unless configured:
 * `FAILPOINTS=batch.committed@2` kills with SIGKILL the second time that point is reached.
 */
export type Failpoint = (name: string) => void

const killMyself = (): void => {
  process.kill(process.pid, 'SIGKILL')
}

/** Throws on a specification that it does not understand: a crash test that never crashes would prove nothing. */
export const createFailpoints = (spec: string, kill: () => void = killMyself): Failpoint => {
  const remaining = new Map<string, number>()
  for (const part of spec.split(',').filter((p) => p.trim() !== '')) {
    const [, name, nth = '1'] = /^\s*([\w.-]+)(?:@([1-9]\d*))?\s*$/.exec(part) ?? []
    if (name === undefined) throw new Error(`FAILPOINTS: "${part}" is not a point, nor point@times`)
    remaining.set(name, Number(nth))
  }
  if (remaining.size === 0) return () => {}
  return (name) => {
    const left = remaining.get(name)
    if (left === undefined) return
    remaining.set(name, left - 1)
    if (left === 1) kill()
  }
}
