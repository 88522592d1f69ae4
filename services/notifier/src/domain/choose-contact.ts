import { current } from '@keyflow/contracts'
import { CONTACT_SOURCES, type Contact, type ContactSource, subjectOf } from './contact.ts'
import { isMailable } from './mail-address.ts'

/**
 * Whom to write to: the best kind of source that has a usable address, and of one kind the newest. A name or a language
 * that it lacks is taken from the next best. `skip` of the different addresses are passed over: 1 gives the second best.
 * Null when no source has such an address.
 */
export const chooseContact = (sources: readonly ContactSource[], skip = 0): Contact | null => {
  const known = sources
    .map((source) => ({
      ...current(source.register),
      source,
      rank: CONTACT_SOURCES.indexOf(source.kind),
    }))
    .sort((a, b) => a.rank - b.rank || b.at - a.at || (a.source.id < b.source.id ? -1 : 1))
    .filter(({ state }) => !state.gone)
  const addresses = new Map<string, { readonly email: string; readonly person: string }>()
  for (const { state, source } of known)
    if (isMailable(state.email) && !addresses.has(state.email.toLowerCase()))
      addresses.set(state.email.toLowerCase(), { email: state.email, person: subjectOf(source) })
  const address = [...addresses.values()][skip]
  if (address === undefined) return null
  return {
    ...address,
    name: firstOf(known.map(({ state }) => state.name)),
    locale: firstOf(known.map(({ state }) => state.locale)),
    country: firstOf(known.map(({ state }) => state.country ?? null)),
  }
}

const firstOf = (values: readonly (string | null)[]): string | null =>
  values.find((value) => value !== null && value.trim() !== '') ?? null
