import { current } from '@keyflow/contracts'
import { CONTACT_SOURCES, type Contact, type ContactSource } from './contact.ts'
import { isMailable } from './mail-address.ts'

/**
 * Whom to write to: the best kind of source that has a usable address, and of one kind the newest. A name or a language
 * that it lacks is taken from the next best. Null when no source has an address.
 */
export const chooseContact = (sources: readonly ContactSource[]): Contact | null => {
  const known = sources
    .map((source) => ({
      ...current(source.register),
      id: source.id,
      rank: CONTACT_SOURCES.indexOf(source.kind),
    }))
    .sort((a, b) => a.rank - b.rank || b.at - a.at || (a.id < b.id ? -1 : 1))
    .map(({ state }) => state)
    .filter((state) => !state.gone)
  const email = known.map((state) => state.email).find(isMailable)
  if (email === undefined) return null
  return { email, name: firstOf(known.map((s) => s.name)), locale: firstOf(known.map((s) => s.locale)) }
}

const firstOf = (values: readonly (string | null)[]): string | null =>
  values.find((value) => value !== null && value.trim() !== '') ?? null
