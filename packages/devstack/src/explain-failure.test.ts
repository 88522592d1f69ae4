import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { explainFailure, lastLines } from './explain-failure.ts'
import { isSetupError } from './setup-error.ts'

describe('the last words of a server that did not start', () => {
  let folder = ''

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyflow-words-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const explain = (words: string): string => {
    const logFile = join(folder, 'server.log')
    writeFileSync(logFile, words)
    const where = { what: 'Kafka', logFile, dataDir: '/data', port: 9092, portVariable: 'KAFKA_PORT' }
    const error = explainFailure(where)
    expect(isSetupError(error)).toBe(true)
    return error.message
  }

  it.each([
    ['java.io.IOException: No space left on device', 'The disk of /data is full'],
    ['java.net.BindException: Address already in use', 'port 9092 on 127.0.0.1 is in use'],
    ['java.net.BindException: Address already in use', 'set KAFKA_PORT to a free port'],
    ['java.lang.UnsupportedClassVersionError: kafka/Kafka', 'needs Java 17 or newer'],
    ['KafkaException: Failed to acquire lock on file .lock in /data', 'in use by another process'],
    ['Invalid cluster.id in: /data/meta.properties. Expected A, but read B', 'start with --fresh'],
    ['mongod: error while loading shared libraries: libcurl.so.4: cannot open', 'library libcurl.so.4'],
    ['OpenJDK: Cannot allocate memory (errno=12)', 'got no memory'],
  ])('%s', (words, line) => {
    expect(explain(`INFO starting\n${words}\n\tat somewhere\n`)).toContain(line)
  })

  it('that mean nothing to us are shown, with the name of the file', () => {
    expect(explain('INFO starting\nFATAL: the moon is in the wrong house\n')).toBe(
      `Kafka did not start; its log ${join(folder, 'server.log')} ends with:\nINFO starting\nFATAL: the moon is in the wrong house`,
    )
  })

  it('may be missing', () => {
    expect(lastLines(join(folder, 'no-such.log'), 5)).toBe('')
  })
})
