import { join } from 'node:path'
import { ALL_TOPICS } from '@keyflow/contracts'
import { useDocker } from '../docker/docker-engine.ts'
import type { Log } from '../downloads/progress.ts'
import { createTopics } from '../kafka/create-topics.ts'
import { reclaimDataDir } from '../processes/pid-file.ts'
import type { Server } from '../processes/server.ts'
import type { Supervisor } from '../processes/supervisor.ts'
import { setupError } from '../setup-error.ts'
import { givenAddresses, type Stack, startStack } from '../stack.ts'
import { type PortVariable, portsTaken, takenPorts } from './ports.ts'
import { outsidePrograms, type Program, servicePrograms, type World } from './program.ts'
import { lastWords, type RunningProgram, reclaimProgram, runProgram } from './run-program.ts'
import type { StateFolders } from './state-folders.ts'

export interface Installation {
  readonly stack: Stack
  /** Settles with the reason when any of its processes ends by itself. */
  readonly broken: Promise<Error>
}

interface Parts {
  readonly world: World
  readonly folders: StateFolders
  readonly supervisor: Supervisor
  readonly log: Log
}

/** Undo steps in the order of the start; stopping runs them backwards. */
export type StopSteps = (() => Promise<void>)[]

/** Ends what earlier runs left behind, then reports every port that somebody else holds, all in one message. */
export const claimPorts = async ({ world, folders }: Parts): Promise<void> => {
  const programs: readonly Program[] = [
    ...outsidePrograms(world),
    ...servicePrograms(world, { brokers: [], mongoUrl: '' }),
  ]
  for (const name of ['kafka', 'mongod']) await reclaimDataDir(join(folders.data, name))
  for (const program of programs) await reclaimProgram(program, folders)
  const given = givenAddresses()
  const variables: readonly PortVariable[] = [
    ...programs.flatMap(({ portVariables }) => portVariables),
    ...(given.brokers ? [] : (['KAFKA_PORT'] as const)),
    ...(given.mongoUrl ? [] : (['MONGODB_PORT'] as const)),
  ]
  const taken = await takenPorts(world.ports, variables)
  if (taken.length > 0) throw setupError(portsTaken(world.ports, taken))
}

/** Removes what a Docker engine keeps of an installation. */
export const wipeVolumes = async (folders: StateFolders): Promise<void> => {
  if (!(await useDocker())) return
  const { removeVolume } = await import('../docker/data-volume.ts')
  for (const name of ['kafka', 'mongod']) await removeVolume(join(folders.data, name))
}

const endOfServer = async (name: string, server: Server | undefined): Promise<Error> => {
  if (server === undefined) return new Promise(() => undefined)
  return lastWords(name, server.logFile, await server.ended())
}

/** Runs programs at once; each is stopped with the others, and each that ends by itself breaks the installation. */
const runAll = async (
  programs: readonly Program[],
  { supervisor, folders }: Parts,
  steps: StopSteps,
): Promise<readonly RunningProgram[]> => {
  const running: RunningProgram[] = []
  steps.push(async () => {
    await Promise.all(running.map(({ stop }) => stop()))
  })
  await Promise.all(
    programs.map(async (program) => {
      running.push(await runProgram(program, supervisor, folders))
    }),
  )
  return running
}

/** Starts everything; what has been started so far is always in `steps`, also when a later part fails. */
export const startInstallation = async (parts: Parts, steps: StopSteps): Promise<Installation> => {
  const { world, folders, supervisor, log } = parts
  const startServers = async (): Promise<Stack> => {
    const stack = await startStack({
      kafkaPort: world.ports.KAFKA_PORT,
      mongoPort: world.ports.MONGODB_PORT,
      dataDir: folders.data,
      logDir: folders.logs,
      log,
      supervisor,
    })
    steps.unshift(() => stack.stop())
    upAfter('Kafka and MongoDB')
    await createTopics(stack.brokers, ALL_TOPICS).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : error
      throw setupError(`Kafka at ${stack.brokers.join(',')} refused the topics: ${reason}`, error)
    })
    return stack
  }
  const since = Date.now()
  const upAfter = (what: string): void =>
    log(`${what}: up after ${((Date.now() - since) / 1000).toFixed(1)} s`)
  const [stack, outside] = await Promise.all([startServers(), runAll(outsidePrograms(world), parts, steps)])
  upAfter('Inbox and Stripe sandbox')
  const services = await runAll(servicePrograms(world, stack), parts, steps)
  const ends = [...outside, ...services].map(async ({ name, child }) =>
    lastWords(name, child.logFile, await child.exited),
  )
  return {
    stack,
    broken: Promise.race([...ends, endOfServer('kafka', stack.kafka), endOfServer('mongod', stack.mongo)]),
  }
}
