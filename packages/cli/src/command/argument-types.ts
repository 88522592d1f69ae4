import { InvalidArgumentError } from '@commander-js/extra-typings'

/** For `.argument(…, wholeNumber)` and `.option(…, wholeNumber)`: 1, 2, 3 … */
export const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}

/** The same, and 0. */
export const wholeNumberOrZero = (text: string): number => (text === '0' ? 0 : wholeNumber(text))

/** For `.option(…, instant)`: an instant in ISO 8601, with its zone. */
export const instant = (text: string): Date => {
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('It must be an instant such as 2026-11-24T02:10:00Z.')
  return new Date(text)
}
