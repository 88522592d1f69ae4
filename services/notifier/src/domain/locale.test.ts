import { describe, expect, it } from '@jest/globals'
import { chooseLocale } from './locale.ts'

describe('the language of a mail', () => {
  it.each([
    ['de-AT', null, 'de-AT'],
    ['de', 'AT', 'de-AT'],
    ['fr_CA', 'US', 'fr-CA'],
    ['DE-at-1996', null, 'de-AT'],
    ['es-419', null, 'es-419'],
    ['ja', 'JP', 'ja-JP'],
    [null, 'MX', 'es-MX'],
    [null, 'JP', 'ja-JP'],
    ['nl', 'DE', 'de-DE'],
    ['nl', 'NL', 'en'],
    [null, 'CH', 'en'],
    ['auto', null, 'en'],
    ['', '', 'en'],
    ['constructor', 'constructor', 'en'],
  ])('is %j of somebody in %j: %s', (locale, country, expected) => {
    expect(chooseLocale({ locale, country }, 'en')).toBe(expected)
  })
})
