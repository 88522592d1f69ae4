/** ISO 8601, e.g. `P3D`, `PT72H`. Days and longer are calendar days (same wall time), hours and shorter are exact. */
export type IsoDuration = string

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** Hours of some weekdays, by the clock on the wall: `from` inclusive, `to` exclusive, `HH:MM`. */
export interface TimeWindow {
  readonly from: string
  readonly to: string
  /** Absent = every day. */
  readonly days?: readonly Weekday[]
}

/** What the domain needs to know of calendars and time zones. Pure; instants are unix milliseconds. */
export interface Calendar {
  /** A wall time that a zone skips becomes the later one, one that comes twice the first of the two. */
  readonly add: (at: number, duration: IsoDuration, zone: string) => number
  /** The first instant at or after `at` inside the window: never earlier. */
  readonly intoWindow: (at: number, window: TimeWindow, zone: string) => number
  readonly isZone: (zone: string) => boolean
  /** Zone of most people of an ISO 3166 country; null = unknown. */
  readonly zoneOfCountry: (country: string) => string | null
}
