import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Environment, readSmallFile } from './environment.ts'

/** Services with an HTTP API, and where they listen on a developer's machine. */
const PORTS = { ingest: 8787, licensing: 8788, dunning: 8789, notifier: 8790, outbound: 8791 } as const
export type ServiceName = keyof typeof PORTS

interface Given {
  readonly apiUrl?: string | undefined
  readonly tokenFile?: string | undefined
}

/** `--api-url` or KEYFLOW_API_URL is one gateway for all; KEYFLOW_<SERVICE>_URL is one service. */
export const addressOf = (service: ServiceName, given: Given, env: Environment): string => {
  const name = service.toUpperCase()
  const url =
    given.apiUrl ??
    env[`KEYFLOW_${name}_URL`] ??
    env.KEYFLOW_API_URL ??
    `http://127.0.0.1:${env[`${name}_PORT`] ?? PORTS[service]}`
  return url.replace(/\/+$/, '')
}

/** The bearer token; the secrets that `npm start` made are used for this machine's own services alone. */
export const tokenFor = (address: string, given: Given, env: Environment): string | undefined => {
  if (given.tokenFile !== undefined) return readSmallFile(given.tokenFile, '--token-file').trim()
  for (const name of ['KEYFLOW_TOKEN', 'OPERATOR_TOKEN']) {
    const file = env[`${name}_FILE`]
    if (file !== undefined) return readSmallFile(file, `${name}_FILE`).trim()
    // While the operator's token is rotated there are two: the new one first.
    if (env[name]) return env[name].split(',')[0]
  }
  return isLoopback(address) ? developmentToken(env) : undefined
}

const isLoopback = (address: string): boolean => {
  const host = URL.parse(address)?.hostname
  return host === '127.0.0.1' || host === 'localhost' || host === '[::1]'
}

const developmentToken = (env: Environment): string | undefined => {
  const folder = env.KEYFLOW_STATE_DIR ?? fileURLToPath(new URL('../../../../.keyflow', import.meta.url))
  try {
    const secrets: unknown = JSON.parse(readFileSync(join(folder, 'dev-secrets.json'), 'utf8'))
    const token = (secrets as { OPERATOR_TOKEN?: unknown } | null)?.OPERATOR_TOKEN
    return typeof token === 'string' ? token : undefined
  } catch {
    return undefined
  }
}
