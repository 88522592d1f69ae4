import { describe, expect, it } from '@jest/globals'
import { checkCatalogText, describeProblems } from './read-catalog-file.ts'

describe('a catalog file', () => {
  it('is told with the line of every problem, as compilers do', () => {
    const { content, problems } = checkCatalogText(
      [
        'tiers:',
        '  pro: { max_domains: 10 }',
        'prices:',
        '  price_a:',
        '    tier: por',
        '    product: app',
        '  price_b: { tier: pro, product: app }',
        'ignored_prices:',
        '  - price_x',
        '  - price_b',
      ].join('\n'),
    )
    expect(content).toBeNull()
    expect(describeProblems('catalog.yaml', problems)).toEqual([
      "catalog.yaml:5: error: prices.price_a.tier 'por' is not one of the tiers: did you mean 'pro'?",
      "catalog.yaml:10: error: ignored_prices.1 'price_b' is also in prices: it cannot be sold and ignored",
    ])
  })

  it('names a price that is listed twice', () => {
    const { content, problems } = checkCatalogText(
      'tiers: { pro: { max_domains: 1 } }\nprices:\n  a: { tier: pro, product: x }\n  a: { tier: pro, product: y }\n',
    )
    expect(content).toBeNull()
    expect(problems).toEqual([expect.objectContaining({ line: 4, severity: 'error' })])
  })

  it('is read when it is good', () => {
    const text = 'tiers: { pro: { max_domains: 1 } }\nprices: { a: { tier: pro, product: x } }\n'
    expect(checkCatalogText(text)).toEqual({
      content: { tiers: { pro: { max_domains: 1 } }, prices: { a: { tier: 'pro', product: 'x' } } },
      problems: [],
    })
  })
})
