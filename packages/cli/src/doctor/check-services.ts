import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { createCatalogClient } from '../catalog/catalog-client.ts'
import { CliError } from '../command/cli-error.ts'
import type { Environment } from '../session/environment.ts'
import type { Session } from '../session/session.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** Where a service tells of itself on a developer's machine: its port and a thousand. */
const OPS_PORTS = { ingest: 9787, licensing: 9788, dunning: 9789, notifier: 9790, outbound: 9791 } as const

const SelfCheck = Type.Object({ problems: Type.Array(Type.String()) })
const WAIT_MS = 5000

/** Each service says itself whether it is ready, and what its database lacks. */
export const checkServices = async (session: Session): Promise<readonly Finding[]> => {
  const findings = await Promise.all(
    (Object.keys(OPS_PORTS) as (keyof typeof OPS_PORTS)[]).map((service) => checkService(session, service)),
  )
  return findings.flat()
}

const opsAddress = (service: keyof typeof OPS_PORTS, env: Environment): string => {
  const name = service.toUpperCase()
  const given = env[`KEYFLOW_${name}_OPS_URL`]
  return (given ?? `http://127.0.0.1:${env[`${name}_OPS_PORT`] ?? OPS_PORTS[service]}`).replace(/\/+$/, '')
}

const checkService = async (
  { env, signal }: Session,
  service: keyof typeof OPS_PORTS,
): Promise<readonly Finding[]> => {
  const address = opsAddress(service, env)
  const ask = (path: string): Promise<Response> =>
    fetch(`${address}${path}`, { signal: AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]) })
  try {
    const ready = await ask('/readyz')
    const check: unknown = await (await ask('/selfcheck')).json()
    const problems = Value.Check(SelfCheck, check) ? check.problems : []
    const findings = problems.map((what) =>
      problem(
        `${service}.database`,
        `${service}: ${what}.`,
        'Restart the service: it makes what is missing. What was in a dropped collection comes back by a rebuild.',
      ),
    )
    return [
      ...(ready.ok
        ? []
        : [problem(`${service}.ready`, `${service} is not ready.`, `See ${address}/readyz and its log.`)]),
      ...(ready.ok && findings.length === 0 ? [ok(service, `${service} is ready.`)] : findings),
    ]
  } catch (error) {
    if (signal.aborted) throw error
    return [
      problem(
        service,
        `${service} does not answer at ${address}.`,
        `Is it running? KEYFLOW_${service.toUpperCase()}_OPS_URL says where its metrics and health are.`,
      ),
    ]
  }
}

/** The catalog in force, and whether all licenses have been brought to it. */
export const checkCatalog = async (session: Session): Promise<readonly Finding[]> => {
  try {
    const catalog = createCatalogClient(session)
    const { version } = await catalog.inForce()
    const { sweep } = await catalog.version(version)
    return [
      sweep.finished
        ? ok('catalog', `Version ${version} of the catalog is in force for all licenses.`)
        : warning(
            'catalog.sweep',
            `${sweep.ledgers_behind} ledgers have not been brought to version ${version} of the catalog yet.`,
            'Wait, and look again; when the number stays, see the log of licensing (catalog.sweep_failed).',
          ),
    ]
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    return [problem('catalog', error.message, error.fix ?? 'See the log of licensing.')]
  }
}
