import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { installOnce } from '../downloads/install-once.ts'
import { KAFKA_VERSION } from '../downloads/kafka-jars.ts'
import { runTool } from '../downloads/run-tool.ts'
import { setupError } from '../setup-error.ts'
import { kafkaProperties } from './kafka-properties.ts'

/** Base64 of sixteen bytes, as Kafka wants it. One for all: these brokers never meet. */
export const CLUSTER_ID = 'S2V5Zmxvdy1kZXYtc3RhY2sx'.slice(0, 22)

const META = 'meta.properties'

const formatWithKafka = async (jars: string, directory: string): Promise<void> => {
  const config = join(directory, 'format.properties')
  const logDir = join(directory, 'log')
  writeFileSync(config, kafkaProperties({ port: 9092, controllerPort: 9093, logDir }))
  const java = ['-XX:TieredStopAtLevel=1', '-cp', join(jars, '*'), 'kafka.tools.StorageTool']
  const { code, output } = await runTool('java', [...java, 'format', '-t', CLUSTER_ID, '-c', config])
  if (code !== 0) throw new Error(`Kafka's storage tool failed (exit ${code}): ${output.slice(-600)}`)
  for (const file of readdirSync(logDir)) renameSync(join(logDir, file), join(directory, file))
  rmSync(logDir, { recursive: true })
  rmSync(config)
}

const clusterOf = (logDir: string): string | undefined =>
  /^cluster\.id=(.+)$/m.exec(readFileSync(join(logDir, META), 'utf8'))?.[1]

/**
 * Makes `logDir` a storage directory of ours. Kafka's own tool formats one directory per version, in the cache; every
 * further one is a copy of its two files, which saves a Java start. Throws when the directory is another cluster's.
 */
export const ensureFormatted = async (jars: string, logDir: string): Promise<void> => {
  if (existsSync(join(logDir, META))) {
    if (clusterOf(logDir) === CLUSTER_ID) return
    throw setupError(
      `Kafka: the data in ${logDir} belongs to another cluster: start with --fresh to wipe it.`,
    )
  }
  const template = await installOnce({
    name: `kafka-${KAFKA_VERSION}-format`,
    what: 'Kafka: preparing its storage (first time)',
    needsBytes: 1024 * 1024,
    log: () => undefined,
    fill: (directory) => formatWithKafka(jars, directory),
  })
  // Renamed into place last: a copy that was cut short is not taken for a formatted directory.
  mkdirSync(logDir, { recursive: true })
  const files = readdirSync(template).sort((a, b) => Number(a === META) - Number(b === META))
  for (const file of files) {
    copyFileSync(join(template, file), join(logDir, `${file}.new`))
    renameSync(join(logDir, `${file}.new`), join(logDir, file))
  }
}
