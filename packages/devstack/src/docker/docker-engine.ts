import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'

const PING_TIMEOUT_MS = 1_500

const socketOf = (dockerHost: string): string | undefined =>
  dockerHost.startsWith('unix://') ? dockerHost.slice('unix://'.length) : undefined

/** Sockets where an engine of this machine may listen: the same places that testcontainers looks at. */
const candidateSockets = (env: NodeJS.ProcessEnv): readonly string[] => {
  const named = env.DOCKER_HOST
  // An engine on another machine is of no use: the servers are to be reached at 127.0.0.1.
  if (named) return [socketOf(named) ?? []].flat()
  return [
    '/var/run/docker.sock',
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'docker.sock')] : []),
    join(homedir(), '.docker', 'run', 'docker.sock'),
    join(homedir(), '.docker', 'desktop', 'docker.sock'),
    join('/run/user', String(userInfo().uid), 'docker.sock'),
  ]
}

const ping = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: PING_TIMEOUT_MS }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    asked.once('timeout', () => asked.destroy(new Error('no answer')))
    asked.once('error', () => resolve(false))
    asked.end()
  })

/**
 * True when servers are to run in containers: an engine of this machine answers, and `KEYFLOW_STACK` does not say
 * `embedded`. A client without an engine is none.
 */
export const useDocker = async (env: NodeJS.ProcessEnv = process.env): Promise<boolean> => {
  if (env.KEYFLOW_STACK === 'embedded') return false
  for (const socket of candidateSockets(env)) if (existsSync(socket) && (await ping(socket))) return true
  return false
}
