import { describe, expect, it } from '@jest/globals'
import { moneyText } from './money-text.ts'

const plain = (text: string): string => text.replace(/\s/g, ' ')

describe('amounts of money', () => {
  it.each([
    ['en', 'usd', 1999, '$19.99'],
    ['de', 'eur', 123456, '1.234,56 €'],
    ['ja', 'jpy', 1200, '￥1,200'],
    ['en', 'kwd', 12345, 'KWD 12.345'],
    ['en', 'isk', 120000, 'ISK 1,200'],
    ['en', 'unknown', 100, '1 UNKNOWN'],
  ])('are written as in %s: %s %d', (locale, currency, amount, text) => {
    expect(plain(moneyText(locale, { currency, amount }))).toBe(text)
  })
})
