import type { Store } from './client.ts'
import type { CollectionSpec } from './migrate.ts'

/** What the database lacks of what the migration makes: somebody dropped it by hand, or restored an old backup. */
export const storeProblems = async (
  store: Store,
  specs: readonly CollectionSpec[],
): Promise<readonly string[]> => {
  const found = await store.db.listCollections({}, { nameOnly: true }).toArray()
  const names = new Set(found.map(({ name }) => name))
  const problems = await Promise.all(
    specs.map(async ({ name, indexes = [] }) => {
      if (!names.has(name)) return [`the collection ${name} is missing`]
      const present = new Set((await store.db.collection(name).indexes()).map((index) => index.name))
      return indexes
        .filter((index) => index.name !== undefined && !present.has(index.name))
        .map((index) => `the index ${index.name} of ${name} is missing`)
    }),
  )
  return problems.flat()
}
