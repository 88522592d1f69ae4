import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { commandLine, identify, isAlive } from './process-table.ts'

describe('the process table', () => {
  it('knows a process as long as it lives, and not after', async () => {
    const child = spawn('sleep', ['30'])
    await once(child, 'spawn')
    const identity = identify(child.pid ?? 0) ?? ''
    expect([isAlive(identity), commandLine(child.pid ?? 0)]).toEqual([true, 'sleep 30'])
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect([isAlive(identity), identify(child.pid ?? 0)]).toEqual([false, undefined])
  })

  it('does not take another process with the same id for it', () => {
    const mine = identify(process.pid) ?? ''
    expect(isAlive(mine)).toBe(true)
    expect(isAlive(`${mine.split('@')[0]}@1`)).toBe(false)
  })

  it('takes no nonsense for a living process', () => {
    expect(['', 'x', '@', '1'].map(isAlive)).toEqual([false, false, false, false])
  })
})
