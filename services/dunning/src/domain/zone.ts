import type { Calendar } from './calendar.ts'
import type { CustomerProfile } from './customer-profile.ts'
import type { Policy } from './policy.ts'

/** The zone in which the days of a case are counted: a setting of the customer, else of their country, else the account's. */
export const zoneOf = (
  { clock }: Policy,
  profile: CustomerProfile,
  calendar: Calendar,
  accountZone: string,
): string => {
  if (clock.zone === 'account') return accountZone
  if (clock.zone !== 'customer') return clock.zone
  if (profile.timeZone !== null && calendar.isZone(profile.timeZone)) return profile.timeZone
  return (profile.country === null ? null : calendar.zoneOfCountry(profile.country)) ?? accountZone
}
