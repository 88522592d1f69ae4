import { moneyText } from '@keyflow/contracts'
import { IntlMessageFormat } from 'intl-messageformat'
import { languageOf } from '../domain/locale.ts'
import { COMPILED_MESSAGES } from '../generated/messages.ts'
import type { MessageKey } from '../mails/messages/en.ts'
import type { Words } from '../mails/words.ts'

type MessageFormatElement = Extract<ConstructorParameters<typeof IntlMessageFormat>[0], unknown[]>[number]
type Compiled = Readonly<Record<string, Readonly<Record<string, MessageFormatElement[]>>>>

/** Words of every locale that is asked for; formatters are made once for each. Messages were parsed ahead of time. */
export const createWords = (): ((locale: string, timeZone: string) => Words) => {
  const compiled = JSON.parse(COMPILED_MESSAGES) as Compiled
  const made = new Map<string, Words>()
  return (locale, timeZone) => {
    const name = `${locale}|${timeZone}`
    const words = made.get(name) ?? wordsOf(compiled[languageOf(locale) ?? 'en'] ?? {}, locale, timeZone)
    made.set(name, words)
    return words
  }
}

const wordsOf = (messages: Compiled[string], locale: string, timeZone: string): Words => {
  const formats = new Map<MessageKey, IntlMessageFormat>()
  const day = { day: 'numeric', month: 'long', year: 'numeric' } as const
  const date = new Intl.DateTimeFormat(locale, { ...day, timeZone })
  const short = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone })
  const zone = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' })
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  const list = new Intl.ListFormat(locale, { type: 'conjunction' })

  const format = (key: MessageKey): IntlMessageFormat => {
    const known = formats.get(key)
    if (known !== undefined) return known
    const made = new IntlMessageFormat(messages[key] ?? [], locale)
    formats.set(key, made)
    return made
  }
  return {
    locale,
    say: (key, values) => String(format(key).format(values)),
    date: (iso) => date.format(new Date(iso)),
    short: (iso) => short.format(new Date(iso)),
    deadline: (iso) => `${date.format(new Date(iso))} (${zoneName(zone, new Date(iso))})`,
    month: (year, number) => month.format(new Date(Date.UTC(year, number - 1, 15))),
    money: (money) => moneyText(locale, money),
    all: (texts) => list.format(texts),
  }
}

const zoneName = (zone: Intl.DateTimeFormat, at: Date): string =>
  zone.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC'
