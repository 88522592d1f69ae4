import { Temporal } from 'temporal-polyfill'
import { type Calendar, type TimeWindow, WEEKDAYS } from '../domain/calendar.ts'

/** Countries with several zones: where most people live. For the others CLDR knows the one there is. */
const MAIN_ZONES: Readonly<Record<string, string>> = {
  AR: 'America/Argentina/Buenos_Aires',
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  CA: 'America/Toronto',
  CD: 'Africa/Kinshasa',
  CL: 'America/Santiago',
  CN: 'Asia/Shanghai',
  CY: 'Asia/Nicosia',
  DE: 'Europe/Berlin',
  EC: 'America/Guayaquil',
  ES: 'Europe/Madrid',
  FM: 'Pacific/Pohnpei',
  GL: 'America/Nuuk',
  ID: 'Asia/Jakarta',
  KI: 'Pacific/Tarawa',
  KZ: 'Asia/Almaty',
  MH: 'Pacific/Majuro',
  MN: 'Asia/Ulaanbaatar',
  MX: 'America/Mexico_City',
  MY: 'Asia/Kuala_Lumpur',
  NZ: 'Pacific/Auckland',
  PF: 'Pacific/Tahiti',
  PG: 'Pacific/Port_Moresby',
  PS: 'Asia/Gaza',
  PT: 'Europe/Lisbon',
  RU: 'Europe/Moscow',
  UA: 'Europe/Kyiv',
  UM: 'Pacific/Wake',
  US: 'America/New_York',
  UZ: 'Asia/Tashkent',
}

type Zoned = Temporal.ZonedDateTime

const zoned = (at: number, zone: string): Zoned =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

const isOpenDay = ({ days }: TimeWindow, at: Zoned): boolean =>
  days === undefined || days.includes(WEEKDAYS[at.dayOfWeek - 1] ?? 'mon')

const intoWindow = (at: number, window: TimeWindow, zone: string): number => {
  let day = zoned(at, zone)
  const minutes = day.hour * 60 + day.minute
  if (isOpenDay(window, day) && minutes >= minutesOf(window.from) && minutes < minutesOf(window.to)) return at
  const opensAt = (on: Zoned): Zoned => on.withPlainTime(window.from)
  if (!isOpenDay(window, day) || minutes >= minutesOf(window.to)) day = day.add({ days: 1 })
  for (let ahead = 0; ahead < 7 && !isOpenDay(window, day); ahead += 1) day = day.add({ days: 1 })
  // Where a zone skips the hour of opening, it opens with the first minute after the gap.
  return Math.max(at, opensAt(day).epochMilliseconds)
}

const createZoneOfCountry = () => {
  const known = new Map<string, string | null>(Object.entries(MAIN_ZONES))
  return (country: string): string | null => {
    const code = country.toUpperCase()
    const found = known.get(code)
    if (found !== undefined) return found
    const zone = zonesOf(code)
    known.set(code, zone)
    return zone
  }
}

/** The zone of a country that has one; null when it has several or is none. */
const zonesOf = (country: string): string | null => {
  if (!/^[A-Z]{2}$/.test(country)) return null
  // Newer than the type library.
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & {
    readonly getTimeZones?: () => readonly string[] | undefined
  }
  const zones = locale.getTimeZones?.() ?? []
  return zones.length === 1 ? (zones[0] ?? null) : null
}

const SUMS_KEPT = 10_000

/** Calendars and zones by Temporal. Its own zone never matters: every call names one. */
export const createCalendar = (): Calendar => {
  const durations = new Map<string, Temporal.Duration>()
  const durationOf = (text: string): Temporal.Duration => {
    const known = durations.get(text)
    if (known !== undefined) return known
    const duration = Temporal.Duration.from(text)
    durations.set(text, duration)
    return duration
  }
  // A case is planned several times in a row, and asks for the same days every time.
  const sums = new Map<string, number>()
  const add: Calendar['add'] = (at, duration, zone) => {
    const question = `${at} ${duration} ${zone}`
    const known = sums.get(question)
    if (known !== undefined) return known
    if (sums.size >= SUMS_KEPT) sums.clear()
    const sum = zoned(at, zone).add(durationOf(duration)).epochMilliseconds
    sums.set(question, sum)
    return sum
  }
  return {
    add,
    intoWindow,
    isZone: (zone) => {
      try {
        zoned(0, zone)
        return true
      } catch {
        return false
      }
    },
    zoneOfCountry: createZoneOfCountry(),
  }
}
