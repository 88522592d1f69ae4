import { describe, expect, it } from '@jest/globals'
import { createFailpoints } from './failpoints.ts'

const counted = (spec: string) => {
  let kills = 0
  const failpoint = createFailpoints(spec, () => {
    kills += 1
  })
  return { failpoint, kills: () => kills }
}

describe('failpoints', () => {
  it('do nothing unless they are configured', () => {
    const { failpoint, kills } = counted('')
    failpoint('batch.committed')
    expect(kills()).toBe(0)
  })

  it('kill the first time that their point is reached, or as often later as is said, and once only', () => {
    const { failpoint, kills } = counted('a, b@3')
    for (const name of ['other', 'b', 'b']) failpoint(name)
    expect(kills()).toBe(0)
    failpoint('b')
    expect(kills()).toBe(1)
    failpoint('a')
    expect(kills()).toBe(2)
    for (const name of ['a', 'b', 'b', 'b']) failpoint(name)
    expect(kills()).toBe(2)
  })

  it.each(['a@', 'a@0', 'a@twice', '@2', 'a b'])('refuse %j, which would never kill', (spec) => {
    expect(() => createFailpoints(spec)).toThrow('FAILPOINTS')
  })
})
