import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { ProductRecord } from '../objects/catalog.ts'
import { openJournaledStore } from './journal.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-journal-'))
  path = join(folder, 'nested', 'sandbox.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

const product = (id: string, name: string): ProductRecord => ({
  object: 'product',
  id,
  created: 1,
  updated: 1,
  active: true,
  default_price: null,
  description: null,
  metadata: {},
  name,
})

describe('openJournaledStore', () => {
  it('has the last state of every record, in the order of creation, after a restart', () => {
    const first = openJournaledStore(path)
    first.store.put(product('prod_a', 'A'))
    first.store.put(product('prod_b', 'B'))
    first.store.commit()
    first.store.put(product('prod_a', 'A again'))
    first.store.put(product('prod_c', 'C'))
    first.store.remove('product', 'prod_b')
    first.store.commit()
    first.close()
    const second = openJournaledStore(path)
    expect(second.store.all('product').map(({ name }) => name)).toEqual(['A again', 'C'])
    second.close()
  })

  it('loses a unit of work that was rolled back or never finished, and nothing else', () => {
    const first = openJournaledStore(path)
    first.store.put(product('prod_a', 'A'))
    first.store.commit()
    first.store.put(product('prod_b', 'B'))
    first.store.rollback()
    first.close()
    appendFileSync(path, '[{"put":{"object":"product","id":"prod_torn"')
    const second = openJournaledStore(path)
    expect(second.store.all('product').map(({ id }) => id)).toEqual(['prod_a'])
    second.store.put(product('prod_c', 'C'))
    second.store.commit()
    second.close()
    const third = openJournaledStore(path)
    expect(third.store.all('product').map(({ id }) => id)).toEqual(['prod_a', 'prod_c'])
    third.close()
  })

  it('is compacted when it is opened: one line for each record', () => {
    const first = openJournaledStore(path)
    for (let round = 0; round < 50; round += 1) {
      first.store.put(product('prod_a', `A${round}`))
      first.store.commit()
    }
    first.close()
    openJournaledStore(path).close()
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(1)
  })

  it('refuses a journal that was damaged in the middle, and names the line', () => {
    openJournaledStore(path).close()
    writeFileSync(path, '[]\nnonsense\n[]\n')
    expect(() => openJournaledStore(path)).toThrow(/line 2/)
  })
})
