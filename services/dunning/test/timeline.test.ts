import { describe, expect, it } from '@jest/globals'
import { createMemoryDunning, DAY } from './memory-dunning.ts'
import { failed, paid } from './samples.ts'

const T0 = Date.UTC(2026, 2, 2, 10, 30)
const at = (ms: number) => ({ at: ms / 1000, eventId: `evt_${ms}` })

const mailsOf = (world: ReturnType<typeof createMemoryDunning>) =>
  world.mails.map(({ at: when, notice }) => [notice.template, (when - T0) / DAY])

describe('the shipped timeline', () => {
  it('warns on day 0, reminds on day 3, downgrades on day 7 and suspends on day 14', () => {
    const world = createMemoryDunning({ now: T0 })
    world.deliver(failed({}, at(T0)))
    world.advanceTo(T0 + 15 * DAY)
    expect(mailsOf(world)).toEqual([
      ['payment_failed', 0],
      ['payment_reminder', 3],
      ['license_downgraded', 7],
      ['license_suspended', 14],
    ])
    expect(world.caseOf()?.state).toMatchObject({ level: 'suspended', status: 'open' })
    const levels = world.said.flatMap((one) =>
      one.kind === 'change'
        ? [[one.announcement.type, one.announcement.says.level, one.announcement.says.tier]]
        : [],
    )
    expect(levels).toEqual([
      ['dunning.case_opened', null, null],
      ['dunning.restricted', 'downgraded', 'free'],
      ['dunning.restricted', 'suspended', null],
    ])
  })

  it('prints the dates at which it acts', () => {
    const world = createMemoryDunning({ now: T0 })
    world.deliver(failed({}, at(T0)))
    world.advanceTo(T0 + 8 * DAY)
    expect(world.mails.map(({ notice }) => notice.announces)).toEqual([
      { level: 'downgraded', at: new Date(T0 + 7 * DAY).toISOString() },
      { level: 'downgraded', at: new Date(T0 + 7 * DAY).toISOString() },
      { level: 'suspended', at: new Date(T0 + 14 * DAY).toISOString() },
    ])
  })

  it('lifts everything when the payment comes on day 15, and says so to a customer who was told', () => {
    const world = createMemoryDunning({ now: T0 })
    world.deliver(failed({}, at(T0)))
    world.advanceTo(T0 + 15 * DAY)
    world.deliver(paid({}, at(T0 + 15 * DAY)))
    expect(world.caseOf()?.state).toMatchObject({ level: 'none', status: 'recovered' })
    expect(mailsOf(world).at(-1)).toEqual(['payment_recovered', 15])
    expect(world.caseOf()?.announced).toMatchObject({ level: 'none', outcome: 'recovered' })
  })

  it('never restricts who pays on day 6 at 23:59', () => {
    const world = createMemoryDunning({ now: T0 })
    world.deliver(failed({}, at(T0)))
    world.advanceTo(T0 + 7 * DAY - 60_000)
    world.deliver(paid({}, at(T0 + 7 * DAY - 60_000)))
    world.advanceTo(T0 + 40 * DAY)
    expect(mailsOf(world).map(([template]) => template)).toEqual([
      'payment_failed',
      'payment_reminder',
      'payment_recovered',
    ])
    expect(world.taken.filter(({ level }) => level !== null)).toEqual([])
  })

  it('catches up through notices after an outage from day 0 to day 9, never straight to the worst', () => {
    const world = createMemoryDunning({ now: T0 + 9 * DAY })
    world.deliver(failed({}, at(T0)))
    world.advanceTo(T0 + 20 * DAY)
    expect(mailsOf(world)).toEqual([
      ['payment_reminder', 9],
      ['license_downgraded', 12],
      ['license_suspended', 15],
    ])
    expect(world.mails[0]?.notice.announces?.at).toBe(new Date(T0 + 12 * DAY).toISOString())
    expect(world.mails[1]?.notice.announces?.at).toBe(new Date(T0 + 15 * DAY).toISOString())
  })

  it('counts days, not attempts: four failures in a day change nothing', () => {
    const world = createMemoryDunning({ now: T0 })
    for (const [n, attemptCount] of [1, 2, 3, 4].entries())
      world.deliver(failed({ attemptCount }, at(T0 + n * 3_600_000)))
    world.advanceTo(T0 + 2 * DAY)
    expect(mailsOf(world)).toEqual([['payment_failed', 0]])
    expect(world.caseOf()?.state?.level).toBe('none')
  })

  it('ends after 30 days: the case is lost, the restriction stays, a late payment still lifts it', () => {
    const world = createMemoryDunning({ now: T0 })
    world.deliver(failed({}, at(T0)))
    world.advanceTo(T0 + 31 * DAY)
    expect(world.caseOf()?.state).toMatchObject({ status: 'lost', level: 'suspended' })
    world.sleepTo(T0 + 100 * DAY)
    world.deliver(paid({}, at(T0 + 100 * DAY)))
    expect(world.caseOf()?.state).toMatchObject({ status: 'recovered', level: 'none' })
  })
})

describe('notice before harm', () => {
  it('restricts nobody whose notice bounced, and calls a person', () => {
    const world = createMemoryDunning({
      now: T0,
      postman: ({ notice }) => (notice.template === 'payment_reminder' ? 'mail.bounced' : 'mail.accepted'),
    })
    world.deliver(failed({}, at(T0)))
    world.advanceTo(T0 + 60 * DAY)
    expect(world.taken.filter(({ level }) => level !== null)).toEqual([])
    const record = world.caseOf()
    const plan = record === undefined ? null : world.planOf(record)
    expect(plan?.steps.find(({ step }) => step.id === 'downgrade')).toMatchObject({
      state: 'blocked',
      why: ['notice_refused'],
    })
    expect(plan?.tasks).toMatchObject([{ kind: 'notice_refused' }])
    expect(plan?.status).toBe('open')
  })

  it('waits while nobody knows what became of the notice, and asks for it again when it failed', () => {
    let tries = 0
    const world = createMemoryDunning({
      now: T0,
      postman: ({ notice }) => {
        if (notice.template !== 'payment_reminder') return 'mail.accepted'
        tries += 1
        return tries === 1 ? null : 'mail.accepted'
      },
    })
    world.deliver(failed({}, at(T0)))
    world.advanceTo(T0 + 20 * DAY)
    expect(mailsOf(world)).toEqual([
      ['payment_failed', 0],
      ['payment_reminder', 3],
      ['payment_reminder', 5],
      ['license_downgraded', 8],
      ['license_suspended', 14],
    ])
  })

  it('does not restrict while Stripe cannot be asked', () => {
    let isAway = true
    const world = createMemoryDunning({ now: T0, stripe: () => (isAway ? null : []) })
    world.deliver(failed({}, at(T0)))
    world.advanceTo(T0 + 10 * DAY)
    expect(world.caseOf()?.state?.level).toBe('none')
    isAway = false
    world.advanceTo(T0 + 10 * DAY + 900_000)
    expect(world.caseOf()?.state?.level).toBe('downgraded')
  })

  it('does not restrict when Stripe says, right before, that it is paid', () => {
    const world = createMemoryDunning({ now: T0, stripe: () => paid({}, at(T0 + 7 * DAY)) })
    world.deliver(failed({}, at(T0)))
    world.advanceTo(T0 + 10 * DAY)
    expect(world.caseOf()?.state).toMatchObject({ level: 'none', status: 'recovered' })
    expect(world.taken.filter(({ level }) => level !== null)).toEqual([])
  })
})
