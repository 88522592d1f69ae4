import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { ensureFormatted } from './formatted-storage.ts'

describe("Kafka's storage", () => {
  let logDir = ''

  beforeEach(() => {
    logDir = mkdtempSync(join(tmpdir(), 'keyflow-storage-'))
  })
  afterEach(() => rmSync(logDir, { recursive: true }))

  it('of another cluster is refused with a line that says what to do', async () => {
    writeFileSync(join(logDir, 'meta.properties'), 'version=1\nnode.id=1\ncluster.id=somebodyElses\n')
    await expect(ensureFormatted('/jars', logDir)).rejects.toThrow(
      `Kafka: the data in ${logDir} belongs to another cluster: start with --fresh to wipe it.`,
    )
  })
})
