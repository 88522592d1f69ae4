import { describe, expect, it } from '@jest/globals'
import { judge, retryWaitMs, type SmtpFailure } from './smtp-verdict.ts'

const failure = (of: Partial<SmtpFailure>): SmtpFailure => ({
  bytesBegan: false,
  stage: 'connection',
  reply: null,
  status: null,
  isMalformed: false,
  ...of,
})

describe('a failed attempt', () => {
  it('is made again when the relay was not reached, or refused for now', () => {
    expect(judge(failure({}))).toEqual({ kind: 'retry', why: 'connection' })
    for (const stage of ['mail', 'rcpt', 'data'] as const)
      expect(judge(failure({ stage, reply: 450 }))).toEqual({ kind: 'retry', why: 'refused_for_now' })
  })

  it('is made again when the whole content was refused for now: a refusal proves that there is no copy', () => {
    expect(judge(failure({ stage: 'data', reply: 451, bytesBegan: true })).kind).toBe('retry')
  })

  it('bounced when the recipient was refused for good', () => {
    expect(judge(failure({ stage: 'rcpt', reply: 550 }))).toEqual({ kind: 'final', outcome: 'bounced' })
  })

  it('failed when the content was refused for good, or the message is none', () => {
    expect(judge(failure({ stage: 'data', reply: 554, bytesBegan: true }))).toEqual({
      kind: 'final',
      outcome: 'failed',
    })
    expect(judge(failure({ isMalformed: true }))).toEqual({ kind: 'final', outcome: 'failed' })
  })

  it('waits when the sender was refused for good: that is configuration, not this mail', () => {
    expect(judge(failure({ stage: 'mail', reply: 550 })).kind).toBe('retry')
  })

  it('is unknown when content had begun to leave and no reply came, and is never made again', () => {
    for (const reply of [null, 421])
      expect(judge(failure({ bytesBegan: true, reply }))).toEqual({ kind: 'final', outcome: 'unknown' })
  })
})

describe('the wait before the next attempt', () => {
  it('doubles up to a cap and keeps at least half of it', () => {
    expect(retryWaitMs('connection', 1, 0)).toBe(500)
    expect(retryWaitMs('connection', 3, 1)).toBe(4000)
    expect(retryWaitMs('connection', 99, 1)).toBe(60_000)
    expect(retryWaitMs('refused_for_now', 99, 0)).toBe(900_000)
  })
})
