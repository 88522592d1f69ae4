import { describe, expect, it } from '@jest/globals'
import { listenForStop } from './stop-signal.ts'

describe('a request to stop', () => {
  it('counts once however many times one Ctrl-C arrives; a second press forces', async () => {
    let now = 0
    let forced = 0
    const before = process.listeners('SIGHUP')
    const { requested, onFurther } = listenForStop(() => now)
    const added = process.listeners('SIGHUP').filter((listener) => !before.includes(listener))
    const press = () => {
      for (const listener of added) listener('SIGHUP')
    }
    press()
    await requested
    onFurther(() => {
      forced += 1
    })
    now = 20
    press()
    expect(forced).toBe(0)
    now = 3_000
    press()
    expect(forced).toBe(1)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      for (const listener of added) process.removeListener(signal, listener)
  })
})
