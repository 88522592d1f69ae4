import { describe, expect, it } from '@jest/globals'
import { createInTurn } from './in-turn.ts'

describe('work of one name', () => {
  it('runs one after the other, also after a failure, while other names go on', async () => {
    const inTurn = createInTurn()
    const log: string[] = []
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const first = inTurn('a', async () => {
      log.push('first begins')
      await held
      log.push('first fails')
      throw new Error('no')
    })
    const second = inTurn('a', async () => log.push('second'))
    await inTurn('b', async () => log.push('other'))
    expect(log).toEqual(['first begins', 'other'])
    release()
    await expect(first).rejects.toThrow('no')
    await second
    expect(log).toEqual(['first begins', 'other', 'first fails', 'second'])
  })
})
