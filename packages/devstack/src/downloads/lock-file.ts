import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isAlive } from '../processes/process-table.ts'

const tryTake = (file: string): boolean => {
  try {
    writeFileSync(file, identify(process.pid) ?? '', { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const removeIfStale = (file: string, seenEmpty: boolean): boolean => {
  try {
    const holder = readFileSync(file, 'utf8')
    // Empty for an instant while its holder writes it; empty twice, a second apart, is a holder that died there.
    const stale = holder === '' ? seenEmpty : !isAlive(holder)
    if (stale) rmSync(file, { force: true })
    return holder === ''
  } catch {
    return false
  }
}

/** Runs `work` while no other process on this machine holds the same lock file; a dead holder's lock is taken over. */
export const withLock = async <T>(
  file: string,
  work: () => Promise<T>,
  onWait: () => void = () => undefined,
): Promise<T> => {
  mkdirSync(dirname(file), { recursive: true })
  let seenEmpty = false
  for (let waited = 0; !tryTake(file); waited += 1) {
    if (waited === 1) onWait()
    await sleep(waited === 0 ? 50 : 1_000)
    seenEmpty = removeIfStale(file, seenEmpty)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}
