import type { Money } from '../domain/mail-view.ts'
import type { MessageKey } from './messages/en.ts'

type Values = Readonly<Record<string, string | number>>

/** What a mail is written with, in one locale and zone. */
export interface Words {
  readonly locale: string
  /** A message; throws when an argument is missing. */
  readonly say: (key: MessageKey, values?: Values) => string
  /** `2 March 2027`. */
  readonly date: (iso: string) => string
  /** `Mar 2, 2027`: for subjects. */
  readonly short: (iso: string) => string
  /** With its zone, `2 March 2027 (UTC)`: for what happens on that day. */
  readonly deadline: (iso: string) => string
  /** `March 2027`. */
  readonly month: (year: number, month: number) => string
  readonly money: (money: Money) => string
  /** Several amounts, never summed: `12 € and 5 $`. */
  readonly all: (texts: readonly string[]) => string
}
