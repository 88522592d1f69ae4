/**
 * Points at which a crash test may end the process the hard way. Inert unless configured:
 * `FAILPOINTS=batch.committed@2` kills with SIGKILL the second time that point is reached.
 */
export type Failpoint = (name: string) => void

export const createFailpoints = (spec: string): Failpoint => {
  const remaining = new Map<string, number>()
  for (const part of spec.split(',').filter((p) => p !== '')) {
    const [name = '', nth = '1'] = part.split('@')
    remaining.set(name, Number(nth))
  }
  if (remaining.size === 0) return () => {}
  return (name) => {
    const left = remaining.get(name)
    if (left === undefined) return
    remaining.set(name, left - 1)
    if (left === 1) process.kill(process.pid, 'SIGKILL')
  }
}
