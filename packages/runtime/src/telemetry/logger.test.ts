import { describe, expect, it } from '@jest/globals'
import { createLogger } from './logger.ts'

const capture = (level = 'debug') => {
  const lines: string[] = []
  const logger = createLogger({ service: 'shop', level, output: { write: (line) => lines.push(line) } })
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> }
}

describe('the logger', () => {
  it('writes one JSON line with service, level in words, time and the event', () => {
    const { logger, lines, last } = capture()
    logger.info({ records: 3 }, 'batch.committed')
    expect(lines).toHaveLength(1)
    expect(last()).toMatchObject({ service: 'shop', level: 'info', event: 'batch.committed', records: 3 })
    expect(new Date(String(last().time)).getTime()).toBeGreaterThan(0)
  })

  it('censors by name what must not be logged, in lines and in what a child logger adds', () => {
    const { logger, lines } = capture()
    logger.child({ trace: 't' }).warn({ customer: { email: 'ada@example.com', id: 'cus_1' } }, 'x')
    expect(lines[0]).toContain('cus_1')
    expect(lines[0]).not.toContain('ada@')
  })

  it('keeps of an error only what is safe, given as a field or alone', () => {
    const { logger, last } = capture()
    const error = Object.assign(new Error('no ada@example.com'), { payload: 'whsec_1' })
    logger.error({ err: error }, 'failed')
    expect(last().err).toMatchObject({ name: 'Error', message: 'no [email]' })
    logger.error(error, 'failed')
    expect(JSON.stringify(last())).not.toMatch(/ada@|whsec_/)
  })

  it('writes nothing under its level, and nothing at all when silent', () => {
    const { logger, lines } = capture('warn')
    logger.info('too quiet')
    capture('silent').logger.fatal('nobody hears')
    expect(lines).toEqual([])
  })
})
