import { describe, expect, it } from '@jest/globals'
import { pollFor } from './poll-for.ts'

describe('polling', () => {
  it('resolves with what is found, as soon as it is there', async () => {
    let asked = 0
    const probe = () => {
      asked += 1
      return asked === 3 ? 'there' : undefined
    }
    expect(await pollFor(probe, { withinMs: 5000, everyMs: 1 })).toBe('there')
    expect(asked).toBe(3)
  })

  it('gives up in time without an error, and at once when it is stopped', async () => {
    expect(await pollFor(() => undefined, { withinMs: 5, everyMs: 1 })).toBeUndefined()
    const started = performance.now()
    const signal = AbortSignal.abort()
    expect(await pollFor(() => undefined, { withinMs: 60_000, everyMs: 1, signal })).toBeUndefined()
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('passes on what the probe throws', async () => {
    const refuse = () => Promise.reject(new Error('refused'))
    await expect(pollFor(refuse, { withinMs: 5000, everyMs: 1 })).rejects.toThrow('refused')
  })
})
