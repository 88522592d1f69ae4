import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSupervisor } from '@keyflow/devstack'
import { type ServiceProcess, startService } from './service-process.ts'
import { ROOT, SERVICES, type ServiceName, type Surroundings, settingsOf } from './service-settings.ts'

export interface RunOptions {
  /** Services one after another: each boots as fast as it can. */
  readonly oneByOne?: boolean
  /** Instead of those that a purchase passes through. */
  readonly services?: readonly ServiceName[]
  /** Added to the environment of every service. */
  readonly settings?: Readonly<Record<string, string>>
  /** Added to the environment of that service. */
  readonly settingsFor?: (name: ServiceName) => Readonly<Record<string, string>>
}

/**
 * The services as processes that end with this one, however it ends. Their logs are kept where KEYFLOW_E2E_LOGS
 * says; without it they go when the services go.
 */
export const createServices = (surroundings: Surroundings, options: RunOptions) => {
  const supervisor = createSupervisor()
  const logFolder = process.env.KEYFLOW_E2E_LOGS ?? mkdtempSync(join(tmpdir(), 'keyflow-e2e-'))
  mkdirSync(logFolder, { recursive: true })
  if (process.env.KEYFLOW_E2E_LOGS === undefined) supervisor.removeAtEnd(logFolder)
  const running = new Map<ServiceName, ServiceProcess>()
  const settings = (name: ServiceName): Readonly<Record<string, string>> => ({
    // A second start of the same sources is twice as fast.
    NODE_COMPILE_CACHE: join(ROOT, '.keyflow/compiled'),
    ...settingsOf(name, surroundings),
    ...options.settings,
    ...options.settingsFor?.(name),
  })
  const start = async (name: ServiceName): Promise<void> => {
    const ports = surroundings.ports[name]
    running.set(name, await startService({ name, ports, settings: settings(name), supervisor, logFolder }))
  }

  return {
    logFolder,
    start,
    startAll: async (): Promise<void> => {
      const names = options.services ?? SERVICES
      if (options.oneByOne === true) for (const name of names) await start(name)
      else await Promise.all(names.map(start))
    },
    get: (name: ServiceName): ServiceProcess => {
      const service = running.get(name)
      if (service === undefined) throw new Error(`${name} was not started`)
      return service
    },
    /** Ends all of them in order; throws when one did not end well. */
    stop: async (): Promise<void> => {
      const ends = await Promise.allSettled([...running.values()].map((service) => service.stop()))
      await supervisor.close()
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
  }
}
