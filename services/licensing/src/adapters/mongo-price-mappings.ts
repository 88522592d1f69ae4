import type { CollectionSpec, Store } from '@keyflow/runtime'
import type { PriceEntry } from '../domain/catalog.ts'

/** An operator's answer to "what does this price sell?", beside the catalog file. */
export interface PriceMapping extends PriceEntry {
  readonly price: string
  readonly actor: string
  readonly reason: string
}

interface MappingRow extends Omit<PriceMapping, 'price'> {
  _id: string
  at: Date
}

export const PRICE_MAPPINGS: CollectionSpec = { name: 'price_mappings' }

const rowsOf = (store: Store) => store.db.collection<MappingRow>(PRICE_MAPPINGS.name)

export const savePriceMapping = async (store: Store, { price, ...rest }: PriceMapping): Promise<void> => {
  await rowsOf(store).replaceOne({ _id: price }, { ...rest, at: new Date() }, { upsert: true })
}

export const findPriceMappings = async (store: Store): Promise<Readonly<Record<string, PriceEntry>>> => {
  const rows = await rowsOf(store).find().sort({ _id: 1 }).toArray()
  return Object.fromEntries(
    rows.map(({ _id, tier, productId, validityDays }) => [_id, { tier, productId, validityDays }]),
  )
}
