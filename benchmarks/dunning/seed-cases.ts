import type { Store } from '@keyflow/runtime'
import { CASES } from '../../services/dunning/src/adapters/case-store.ts'
import { CUSTOMERS, UNLEASED } from '../../services/dunning/src/adapters/customer-store.ts'
import { createMemoryDunning, DAY } from '../../services/dunning/test/memory-dunning.ts'
import { failed } from '../../services/dunning/test/samples.ts'

const PAGE = 2000

/** A case that has lived `days` of its timeline, as text with the ids of its first customer. */
const lived = (days: number, dueAt: number): { readonly text: string; readonly nextAt: number } => {
  const bornAt = Math.floor((dueAt - days * DAY) / 1000) * 1000
  const world = createMemoryDunning({ now: bornAt })
  world.deliver(failed({}, { at: bornAt / 1000, eventId: 'evt_failed' }))
  world.advanceTo(dueAt - 2000)
  const record = world.caseOf()
  return { text: JSON.stringify(record), nextAt: record?.state?.nextActionAt ?? dueAt }
}

/** Open cases, one a customer: the first `due` fall due at `dueAt` (`restrictions` of them to be downgraded), the others later. */
export const seedCases = async (
  store: Store,
  { open, due, restrictions, dueAt }: { open: number; due: number; restrictions: number; dueAt: number },
): Promise<void> => {
  const toRemind = lived(3, dueAt)
  const toDowngrade = lived(7, dueAt)
  const later = lived(1, dueAt)
  for (let start = 0; start < open; start += PAGE) {
    const numbers = Array.from({ length: Math.min(PAGE, open - start) }, (_, n) => start + n)
    const rows = numbers.map((n) => {
      const { text, nextAt } = n < restrictions ? toDowngrade : n < due ? toRemind : later
      const record = JSON.parse(
        text.replaceAll('sub_1', `sub_${n}`).replaceAll('in_1', `in_${n}`).replaceAll('cus_1', `cus_${n}`),
      )
      return { n, record, nextAt }
    })
    const now = new Date()
    await store.db.collection<{ _id: string }>(CASES.name).insertMany(
      rows.map(({ n, record }) => ({
        _id: `platform:test:sub_${n}`,
        schemaVersion: 2,
        v: 1,
        customer: `platform:test:cus_${n}`,
        record,
        updatedAt: now,
      })),
      { ordered: false, writeConcern: { w: 1 } },
    )
    await store.db.collection<{ _id: string }>(CUSTOMERS.name).insertMany(
      rows.map(({ n, nextAt }) => ({
        _id: `platform:test:cus_${n}`,
        account: 'platform',
        livemode: false,
        clock: null,
        profile: null,
        lastMails: [],
        nextActionAt: new Date(nextAt),
        restUntil: new Date(0),
        lease: UNLEASED,
      })),
      { ordered: false, writeConcern: { w: 1 } },
    )
  }
}
