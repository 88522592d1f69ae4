import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDiskFull } from '../explain-failure.ts'
import { setupError } from '../setup-error.ts'
import { installOnce } from './install-once.ts'
import type { Log } from './progress.ts'
import { runTool } from './run-tool.ts'

export const KAFKA_VERSION = '4.3.1'

const POM = fileURLToPath(new URL('../../kafka/pom.xml', import.meta.url))

const fill = async (directory: string): Promise<void> => {
  const args = ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${directory}`]
  const { code, output } = await runTool('mvn', args)
  if (code === null)
    throw setupError(
      'Kafka: Maven is missing. Install Maven 3.6 or newer (Debian: apt-get install maven; macOS: brew install maven), start a Docker engine, or set KAFKA_BROKERS.',
    )
  if (isDiskFull(output)) throw new Error('No space left on device')
  if (code !== 0 || !existsSync(join(directory, `kafka_2.13-${KAFKA_VERSION}.jar`))) {
    const reason =
      output.split('\n').find((line) => line.includes('ERROR')) ?? output.trim().split('\n')[0] ?? ''
    throw setupError(`Kafka: Maven could not fetch its jars (exit ${code}): ${reason.slice(0, 400)}`)
  }
}

/** Folder with the jars of one Kafka broker; fetched by Maven the first time. */
export const kafkaJars = async (log: Log): Promise<string> => {
  const directory = await installOnce({
    name: `kafka-${KAFKA_VERSION}`,
    what: 'Kafka jars: downloading (first time, about 44 MB)',
    needsBytes: 150 * 1024 * 1024,
    log,
    fill,
  })
  if (!readdirSync(directory).some((file) => file.startsWith('kafka-server-')))
    throw setupError(`Kafka: ${directory} is incomplete: remove it and start again.`)
  return directory
}

/** Throws a setup error when there is no `java` to run Kafka with. */
export const assertJava = async (): Promise<void> => {
  const { code, output } = await runTool('java', ['-version'])
  const found = /version "(\d+)/.exec(output)?.[1]
  if (code === 0 && (found === undefined || Number(found) >= 17)) return
  const what = code === null || found === undefined ? 'Java is missing' : `Java ${found} is too old`
  throw setupError(
    `Kafka: ${what}. Install Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk), start a Docker engine, or set KAFKA_BROKERS.`,
  )
}
