import { type CatalogPrice, sameJson } from '@keyflow/contracts'
import { headOf } from '../domain/catalog-history.ts'
import type { CatalogLog } from './catalog-log.ts'

/** An operator's answer to "what does this price sell?". */
export interface PriceMapping {
  readonly price: string
  readonly sells: CatalogPrice
  readonly actor: string
  readonly reason: string
}

const TRIES = 5

/**
 * Makes the catalog with that one price more the next version. Resolves with false when others kept being first. What was
 * sold before stays as it is: only who waits for this price gets something.
 */
export const mapPrice = async (
  catalog: Pick<CatalogLog, 'history' | 'publish'>,
  { price, sells, actor, reason }: PriceMapping,
): Promise<boolean> => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const head = headOf(catalog.history())
    if (sameJson(head.content.prices[price], sells)) return true
    const content = { ...head.content, prices: { ...head.content.prices, [price]: sells } }
    const change = {
      content,
      existing: { prices: 'keep', tiers: 'keep' },
      source: 'review',
      restores: null,
      actor,
      reason,
    } as const
    if ((await catalog.publish(change, head.version)).kind !== 'conflict') return true
  }
  return false
}
