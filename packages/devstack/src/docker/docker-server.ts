import { createWriteStream, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  type GenericContainer,
  getContainerRuntimeClient,
  type StartedTestContainer,
  Wait,
} from 'testcontainers'
import { isDiskFull } from '../explain-failure.ts'
import { isPortFree, pickFreePort, portInUse } from '../processes/ports.ts'
import { identify, isAlive } from '../processes/process-table.ts'
import { endsByItself, type Server, type ServerOptions } from '../processes/server.ts'
import { waitUntil } from '../processes/wait-until.ts'
import { setupError } from '../setup-error.ts'
import { volumeName } from './data-volume.ts'
import { localContainer } from './local-container.ts'

interface DockerServer {
  readonly name: string
  readonly what: string
  readonly portVariable: string
  readonly image: string
  readonly options: ServerOptions
  /** Where the image keeps its data. */
  readonly dataPath: string
  /** A line of its output that says that it has started. */
  readonly startedLine: RegExp
  readonly configure: (container: GenericContainer, port: number) => GenericContainer
  readonly isReady: (port: number) => Promise<boolean>
}

const OWNER_LABEL = 'io.keyflow.owner'
const DATA_LABEL = 'io.keyflow.data'
const READY_DEADLINE_MS = 60_000
const STOP_TIMEOUT_MS = 15_000

/** Removes the container that a dead owner left on the same data; throws when the owner lives. */
const reclaim = async (what: string, volume: string): Promise<void> => {
  const { container: docker } = await getContainerRuntimeClient()
  const left = await docker.fetchByLabel(DATA_LABEL, volume)
  if (left === undefined) return
  const { Config } = await docker.inspect(left)
  if (isAlive(Config.Labels[OWNER_LABEL] ?? ''))
    throw setupError(`${what}: its data is already being served by another Keyflow: stop that one first.`)
  await left.remove({ force: true })
}

const explain = (what: string, error: unknown): Error => {
  const reason = error instanceof Error ? error.message : String(error)
  if (isDiskFull(error))
    return setupError(`${what}: the disk of the Docker engine is full: free some space.`, error)
  return setupError(`${what} did not start in its container: ${reason}`, error)
}

/** Runs one server in a container: port on 127.0.0.1, data in a named volume, removed should this process be killed. */
export const startDockerServer = async (server: DockerServer): Promise<Server> => {
  const { what, options } = server
  const log = options.log ?? (() => undefined)
  const port = options.port ?? (await pickFreePort())
  const logFile = options.logFile ?? join(options.dataDir ?? tmpdir(), `${server.name}-${port}.log`)
  mkdirSync(dirname(logFile), { recursive: true })
  const volume = options.dataDir === undefined ? undefined : volumeName(options.dataDir)
  if (volume !== undefined) await reclaim(what, volume)
  if (!(await isPortFree(port))) throw setupError(portInUse(what, port, server.portVariable))

  const container = server
    .configure(localContainer(server.image, port), port)
    .withLabels({ [OWNER_LABEL]: identify(process.pid) ?? '', [DATA_LABEL]: volume ?? '' })
    .withWaitStrategy(Wait.forLogMessage(server.startedLine))
    .withLogConsumer((stream) => stream.pipe(createWriteStream(logFile, { flags: 'a' })))
  if (volume !== undefined) container.withBindMounts([{ source: volume, target: server.dataPath }])

  const untilReady = () =>
    waitUntil(() => server.isReady(port), { what: `${what} to serve`, deadlineMs: READY_DEADLINE_MS })

  log(`${what}: container ${server.image} (the image is pulled the first time) …`)
  let started: StartedTestContainer
  try {
    started = await container.start()
  } catch (error) {
    throw explain(what, error)
  }
  const engine = (await getContainerRuntimeClient()).container
  const handle = engine.getById(started.getId())
  const stop = async (): Promise<void> => {
    await started.stop({ timeout: STOP_TIMEOUT_MS, remove: true, removeVolumes: true })
  }
  try {
    await untilReady()
  } catch (error) {
    await stop()
    throw explain(what, error)
  }

  return {
    kind: 'docker',
    port,
    logFile,
    pid: undefined,
    stop,
    kill: async (signal = 'SIGKILL') => {
      await handle.kill({ signal })
      if (endsByItself(signal)) await handle.wait()
    },
    restart: async () => {
      await started.restart({ timeout: STOP_TIMEOUT_MS })
      await untilReady()
    },
    ended: async () => {
      const { StatusCode } = (await handle.wait()) as { readonly StatusCode: number }
      return { code: StatusCode, signal: null }
    },
  }
}
