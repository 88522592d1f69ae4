import { environmentOf, podsOf, referencesOf } from '../pods.ts'
import type { KubeObject } from '../rendered.ts'
import { ANYWHERE, WORKLOADS } from '../workloads.ts'

/** `secretsAreHere`: the overlay brings its secrets itself; elsewhere they are made by whoever keeps them. */
export const configurationProblems = (
  objects: readonly KubeObject[],
  { secretsAreHere }: { readonly secretsAreHere: boolean },
): readonly string[] =>
  podsOf(objects).flatMap((pod) => {
    const owner = pod.owner.metadata.name
    const find = (kind: string, name: string) =>
      objects.find((object) => object.kind === kind && object.metadata.name === name)
    const volumes = (pod.spec.volumes ?? []) as readonly KubeObject[]
    const claims = (pod.owner.spec.volumeClaimTemplates ?? []) as readonly KubeObject[]
    const mountable = [...volumes.map(({ name }) => name), ...claims.map(({ metadata }) => metadata.name)]
    return [
      ...referencesOf(pod)
        .filter(({ kind }) => kind === 'ConfigMap' || secretsAreHere)
        .flatMap(({ kind, name, key }) => {
          const found = find(kind, name)
          if (found === undefined) return [`${owner}: ${kind}/${name} is not there`]
          return key === undefined || key in (found.data ?? {})
            ? []
            : [`${owner}: ${kind}/${name} has no ${key}`]
        }),
      ...volumes
        .filter(({ configMap }) => configMap !== undefined && find('ConfigMap', configMap.name) === undefined)
        .map(({ configMap }) => `${owner}: ConfigMap/${configMap.name} is not there`),
      ...pod.containers.flatMap((container) => [
        ...((container.volumeMounts ?? []) as readonly { name: string }[])
          .filter(({ name }) => !mountable.includes(name))
          .map(({ name }) => `${owner} mounts ${name}, which is no volume`),
        ...((container.env ?? []) as readonly { name: string; value?: unknown }[])
          .filter(({ value }) => value !== undefined && typeof value !== 'string')
          .map(({ name }) => `${owner}: ${name} is no text`),
        ...unread(container, objects).map((name) => `${owner} is told ${name}, which it does not read`),
      ]),
    ]
  })

const unread = (container: KubeObject, objects: readonly KubeObject[]): readonly string[] => {
  const workload = WORKLOADS.get(container.name)
  if (workload === undefined) return []
  // In the map that all of them take; the topics job has nothing to shut down.
  const known = new Set([...workload.names, 'SHUTDOWN_MS', 'LOG_LEVEL'])
  return Object.keys(environmentOf(container, objects)).filter(
    (name) => !known.has(name) && !ANYWHERE.has(name),
  )
}
