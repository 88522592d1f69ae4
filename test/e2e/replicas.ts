import { Agent, request } from 'node:http'
import { createSupervisor, pickFreePort } from '@keyflow/devstack'
import { type ServiceProcess, startService } from './service-process.ts'
import {
  SERVICES,
  type ServiceName,
  type ServicePorts,
  type Surroundings,
  settingsOf,
} from './service-settings.ts'

interface Replica {
  readonly name: ServiceName
  readonly ports: ServicePorts
  process: ServiceProcess
  /** Whether requests are sent to it. */
  isInRotation: boolean
  /** Requests that it has not answered yet. */
  inHand: number
}

/** A second replica of every service, and what a cluster does with two: it spreads requests, and replaces one at a time. */
export const runReplicas = async (
  first: (name: ServiceName) => ServiceProcess,
  surroundings: Surroundings,
  logFolder: string,
) => {
  const supervisor = createSupervisor()
  const boot = (name: ServiceName, ports: ServicePorts): Promise<ServiceProcess> => {
    const all = { ...surroundings, ports: { ...surroundings.ports, [name]: ports } }
    return startService({ name, ports, settings: settingsOf(name, all), supervisor, logFolder })
  }
  const replicas: Replica[] = []
  for (const name of SERVICES) {
    const ports = { http: await pickFreePort(), ops: await pickFreePort() }
    const known = { name, isInRotation: true, inHand: 0 }
    replicas.push({ ...known, ports: surroundings.ports[name], process: first(name) })
    replicas.push({ ...known, ports, process: await boot(name, ports) })
  }
  // Connections are kept and used again, as a proxy does.
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  let turn = 0

  const post = async (
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<number> => {
    const serving = replicas.filter(({ name, isInRotation }) => name === 'ingest' && isInRotation)
    turn += 1
    const replica = serving[turn % serving.length]
    if (replica === undefined) return 0
    replica.inHand += 1
    try {
      return await send(agent, replica.ports.http, path, headers, body)
    } finally {
      replica.inHand -= 1
    }
  }

  return {
    post,
    count: replicas.length,
    /** One after the other: out of rotation, SIGTERM at once while requests are in hand, a new process, back again. */
    restartAll: async (): Promise<readonly number[]> => {
      const times: number[] = []
      for (const replica of replicas) {
        const before = performance.now()
        replica.isInRotation = false
        await replica.process.stop()
        replica.process = await boot(replica.name, replica.ports)
        replica.isInRotation = true
        times.push(Math.round(performance.now() - before))
      }
      return times
    },
    inHand: (): number => replicas.reduce((sum, one) => sum + one.inHand, 0),
    stop: async (): Promise<void> => {
      agent.destroy()
      await Promise.all(replicas.map(({ process }) => process.stop()))
      await supervisor.close()
    },
  }
}

/** The status; 0 when the connection broke. */
const send = (
  agent: Agent,
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<number> =>
  new Promise((resolve) => {
    const outgoing = request({ agent, host: '127.0.0.1', port, path, method: 'POST', headers }, (answer) => {
      answer.resume()
      answer.once('end', () => resolve(answer.statusCode ?? 0))
    })
    outgoing.once('error', () => resolve(0))
    outgoing.end(body)
  })
