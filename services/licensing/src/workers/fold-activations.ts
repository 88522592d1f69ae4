import type { ActivationRecord } from '@keyflow/contracts'
import type { BatchItem, Transaction } from '@keyflow/runtime'
import { readActivations, writeActivations } from '../adapters/mongo-activations.ts'
import { mergeActivation, NO_ACTIVATIONS } from '../domain/activations.ts'
import type { FactItem } from './fold-ledgers.ts'

/**
 * Brings the places of licenses to what the log says. What this installation wrote itself is there already; an empty or
 * an older database gets it back. Returns the ids of the records that told something new.
 */
export const foldActivations = async (
  items: readonly BatchItem<FactItem>[],
  tx: Transaction,
): Promise<readonly string[]> => {
  const told = items.flatMap(({ id, item }) =>
    item.activation === undefined ? [] : [{ id, record: item.activation }],
  )
  const stored = await readActivations(tx, [...new Set(told.map(({ record }) => record.licenseId))])
  const folded = new Map(stored)
  const news: string[] = []
  for (const { id, record } of told) {
    const before = folded.get(record.licenseId) ?? NO_ACTIVATIONS
    const after = mergeActivation(before, factOf(record))
    if (after === before) continue
    folded.set(record.licenseId, after)
    news.push(id)
  }
  for (const [licenseId, after] of folded) {
    const before = stored.get(licenseId) ?? NO_ACTIVATIONS
    if (after !== before) await writeActivations(tx, licenseId, before, after)
  }
  return news
}

const factOf = ({ seq, kind, value, active, at }: ActivationRecord) => ({
  seq,
  kind,
  value,
  active,
  at: Date.parse(at),
})
