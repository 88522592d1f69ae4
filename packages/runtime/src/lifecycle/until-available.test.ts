import { describe, expect, it } from '@jest/globals'
import { KeyflowError } from '../errors/classify.ts'
import { createLogger } from '../telemetry/logger.ts'
import { untilAvailable } from './until-available.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const away = () => new KeyflowError('transient', 'AWAY', 'nobody answers')
const waiting = () => ({ logger, signal: new AbortController().signal })

describe('untilAvailable', () => {
  it('tries again through an outage, and gives what came of it', async () => {
    let tries = 0
    const connect = async () => {
      tries += 1
      if (tries === 1) throw away()
      return 'connected'
    }
    expect(await untilAvailable('store', connect, waiting())).toBe('connected')
    expect(tries).toBe(2)
  })

  it('does not wait for what waiting does not mend', async () => {
    let tries = 0
    const broken = async () => {
      tries += 1
      throw new TypeError('a bug')
    }
    await expect(untilAvailable('store', broken, waiting())).rejects.toThrow('a bug')
    expect(tries).toBe(1)
  })

  it('ends when shutdown begins, at once, and names what it was waiting for as the cause', async () => {
    const stopping = new AbortController()
    let tries = 0
    const never = async () => {
      tries += 1
      throw away()
    }
    const started = performance.now()
    const ended = untilAvailable('store', never, { logger, signal: stopping.signal })
    setTimeout(() => stopping.abort(), 10)
    await expect(ended).rejects.toMatchObject({ code: 'SHUTTING_DOWN', cause: { code: 'AWAY' } })
    expect(performance.now() - started).toBeLessThan(120)
    expect(tries).toBe(1)
  })
})
