import { describe, expect, it } from '@jest/globals'
import { createTokenCheck } from './require-bearer.ts'

describe('the operator token', () => {
  it('is one of those that are configured, while the old one and the new one are both known', () => {
    const isOperator = createTokenCheck('the-new-token-0123,the-old-token-0123')
    expect(isOperator('the-new-token-0123')).toBe(true)
    expect(isOperator('the-old-token-0123')).toBe(true)
    expect(isOperator('the-new-token-0123,the-old-token-0123')).toBe(false)
    expect(isOperator('')).toBe(false)
  })

  it('is nothing at all where none is configured', () => {
    expect(createTokenCheck('')('')).toBe(false)
  })
})
