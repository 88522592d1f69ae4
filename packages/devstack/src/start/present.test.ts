import { describe, expect, it } from '@jest/globals'
import { readPorts } from './ports.ts'
import { addressTable, table } from './present.ts'
import { stateFolders } from './state-folders.ts'

describe('what npm start prints', () => {
  it('aligns columns and leaves no blanks at line ends', () => {
    expect(
      table([
        ['a', 'long cell', ''],
        ['bcd', 'x', 'y'],
      ]),
    ).toBe('  a    long cell\n  bcd  x          y')
  })

  it('names every address once, and no password of a given one', () => {
    const { ports } = readPorts({})
    const mongoUrl = 'mongodb://user:secret@db.internal:27017/?replicaSet=rs'
    const text = addressTable(ports, { brokers: ['k:1'], mongoUrl }, stateFolders('/state'))
    expect(text).not.toContain('secret@')
    for (const port of Object.values({ ...ports, KAFKA_PORT: 'k:1', MONGODB_PORT: 'db.internal:27017' }))
      expect(text.split(String(port))).toHaveLength(2)
  })
})
