import { describe, expect, it } from '@jest/globals'
import type { TimeWindow } from '../domain/calendar.ts'
import { createCalendar } from './temporal-calendar.ts'

const calendar = createCalendar()
const utc = (text: string): number => Date.parse(`${text}Z`)
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16)
const plus = (from: string, duration: string, zone: string): string =>
  iso(calendar.add(utc(from), duration, zone))

describe('days of grace', () => {
  it.each([
    // Berlin springs forward on 29 March 2026 and falls back on 25 October 2026.
    [
      'keep the time on the wall when summer begins',
      'Europe/Berlin',
      '2026-03-27T09:00',
      'P3D',
      '2026-03-30T08:00',
    ],
    [
      'keep the time on the wall when summer ends',
      'Europe/Berlin',
      '2026-10-24T08:00',
      'P3D',
      '2026-10-27T09:00',
    ],
    [
      'take the later time where the clock skips 02:30',
      'Europe/Berlin',
      '2026-03-28T01:30',
      'P1D',
      '2026-03-29T01:30',
    ],
    [
      'take the first of two where 02:30 comes twice',
      'Europe/Berlin',
      '2026-10-24T00:30',
      'P1D',
      '2026-10-25T00:30',
    ],
    ['know half hours of summer time', 'Australia/Lord_Howe', '2026-10-02T15:00', 'P3D', '2026-10-05T14:30'],
    [
      'know the zone that is fourteen hours ahead',
      'Pacific/Kiritimati',
      '2026-03-01T11:00',
      'P3D',
      '2026-03-04T11:00',
    ],
    ['know zones of odd minutes', 'Asia/Kathmandu', '2026-03-01T18:15', 'P7D', '2026-03-08T18:15'],
    [
      'know zones that gave summer time up',
      'America/Sao_Paulo',
      '2026-10-15T12:00',
      'P7D',
      '2026-10-22T12:00',
    ],
    ['end in February where a month ends there', 'UTC', '2026-01-31T12:00', 'P1M', '2026-02-28T12:00'],
    ['end on the leap day where there is one', 'UTC', '2028-01-31T12:00', 'P1M', '2028-02-29T12:00'],
    ['pass the leap day', 'UTC', '2028-02-28T12:00', 'P3D', '2028-03-02T12:00'],
    [
      'count hours exactly across the change',
      'Europe/Berlin',
      '2026-03-27T09:00',
      'PT72H',
      '2026-03-30T09:00',
    ],
  ])('%s', (_what, zone, from, duration, to) => {
    expect(plus(from, duration, zone)).toBe(to)
  })
})

const OFFICE: TimeWindow = { from: '09:00', to: '16:00', days: ['mon', 'tue', 'wed', 'thu'] }
const into = (from: string, window: TimeWindow, zone: string): string =>
  iso(calendar.intoWindow(utc(from), window, zone))

describe('a window', () => {
  it.each([
    ['lets pass what is inside', '2026-03-03T10:00', 'Europe/Berlin', '2026-03-03T10:00'],
    ['opens in the morning', '2026-03-03T05:00', 'Europe/Berlin', '2026-03-03T08:00'],
    [
      'opens on the next day for what comes at its end',
      '2026-03-03T15:00',
      'Europe/Berlin',
      '2026-03-04T08:00',
    ],
    ['keeps restrictions off the weekend', '2026-03-05T16:00', 'Europe/Berlin', '2026-03-09T08:00'],
    [
      'knows what day it is on the other side of the earth',
      '2026-03-08T20:00',
      'Pacific/Kiritimati',
      '2026-03-08T20:00',
    ],
    ['opens by the new time after the change', '2026-03-27T20:00', 'Europe/Berlin', '2026-03-30T07:00'],
  ])('%s', (_what, from, zone, to) => {
    expect(into(from, OFFICE, zone)).toBe(to)
  })

  it('that opens within the skipped hour opens right after it', () => {
    expect(into('2026-03-29T00:30', { from: '02:15', to: '12:00' }, 'Europe/Berlin')).toBe('2026-03-29T01:15')
  })
})

describe('the zone of a country', () => {
  it('is its only one, or that of most of its people, or unknown', () => {
    expect(['JP', 'us', 'NP', 'XX', 'AQ', 'nowhere'].map(calendar.zoneOfCountry)).toEqual([
      'Asia/Tokyo',
      'America/New_York',
      expect.stringMatching(/^Asia\/Kat(h)?mandu$/),
      null,
      null,
      null,
    ])
    expect([calendar.isZone('Europe/Berlin'), calendar.isZone('Mars/Olympus')]).toEqual([true, false])
  })
})
