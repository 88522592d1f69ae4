import { InvalidArgumentError } from '@commander-js/extra-typings'

/** For `.argument(…, wholeNumber)` and `.option(…, wholeNumber)`: 1, 2, 3 … */
export const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}
