import { isPortFree } from '../processes/ports.ts'

/** Variable that sets a port, with its default. Every program of `npm start` that listens has one here. */
const FIXED = {
  INGEST_PORT: 8787,
  LICENSING_PORT: 8788,
  DUNNING_PORT: 8789,
  NOTIFIER_PORT: 8790,
  OUTBOUND_PORT: 8791,
  INBOX_PORT: 1080,
  SMTP_PORT: 1025,
  STRIPE_SANDBOX_PORT: 12_111,
  KAFKA_PORT: 9092,
  MONGODB_PORT: 27_017,
} as const

/** Metrics and health of a service: its own port and a thousand, unless set. */
const OPS = {
  INGEST_OPS_PORT: 'INGEST_PORT',
  LICENSING_OPS_PORT: 'LICENSING_PORT',
  DUNNING_OPS_PORT: 'DUNNING_PORT',
  NOTIFIER_OPS_PORT: 'NOTIFIER_PORT',
  OUTBOUND_OPS_PORT: 'OUTBOUND_PORT',
} as const

export type PortVariable = keyof typeof FIXED | keyof typeof OPS
export type Ports = Readonly<Record<PortVariable, number>>
type Environment = Readonly<Record<string, string | undefined>>

const HIGHEST = 65_535

const portFrom = (env: Environment, variable: string, fallback: number): number => {
  const text = env[variable]?.trim()
  return text ? Number(text) : fallback
}

const keysOf = <K extends string>(record: Readonly<Record<K, unknown>>): readonly K[] =>
  Object.keys(record) as K[]

/** All ports, and what is wrong with them (not a port number, one number for two programs). */
export const readPorts = (
  env: Environment,
): { readonly ports: Ports; readonly problems: readonly string[] } => {
  const read: Partial<Record<PortVariable, number>> = {}
  for (const variable of keysOf(FIXED)) read[variable] = portFrom(env, variable, FIXED[variable])
  for (const variable of keysOf(OPS))
    read[variable] = portFrom(env, variable, (read[OPS[variable]] ?? 0) + 1000)
  const ports = read as Record<PortVariable, number>
  const problems: string[] = []
  const takenBy = new Map<number, string>()
  for (const variable of keysOf(ports)) {
    const port = ports[variable]
    const other = takenBy.get(port)
    // An ops port that only follows a wrong port is not a second mistake.
    const follows = !env[variable] && Number.isNaN(port)
    if (follows) continue
    if (!Number.isInteger(port) || port < 1 || port > HIGHEST)
      problems.push(`${variable} must be a port number from 1 to ${HIGHEST}.`)
    else if (other !== undefined)
      problems.push(`${other} and ${variable} are both ${port}: change one of them.`)
    takenBy.set(port, variable)
  }
  return { ports, problems }
}

/** Variables of those ports that another program holds. */
export const takenPorts = async (
  ports: Ports,
  variables: readonly PortVariable[],
): Promise<readonly PortVariable[]> => {
  const free = await Promise.all(variables.map((variable) => isPortFree(ports[variable])))
  return variables.filter((_, at) => free[at] === false)
}

/** One message for all ports in use, with the variables that change them. */
export const portsTaken = (ports: Ports, taken: readonly PortVariable[]): string => {
  const numbers = taken.map((variable) => `${ports[variable]} (${variable})`).join(', ')
  return taken.length === 1
    ? `Port ${numbers} on 127.0.0.1 is in use by another program: stop it, or set that variable to a free port.`
    : `Ports ${numbers} on 127.0.0.1 are in use by other programs: stop them, or set those variables to free ports.`
}
