import { podsOf, portNames, selected } from '../pods.ts'
import type { KubeObject } from '../rendered.ts'

const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe']

/** Names of ports that nothing has; neither the API server nor a schema sees them. */
export const portProblems = (objects: readonly KubeObject[]): readonly string[] => {
  const pods = podsOf(objects)
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind)
  return [
    ...ofKind('Service').flatMap(({ metadata, spec }) => {
      const names = selected(pods, { matchLabels: spec.selector }).flatMap(portNames)
      return (spec.ports as readonly { targetPort: string }[])
        .filter(({ targetPort }) => !names.includes(targetPort))
        .map(({ targetPort }) => `Service/${metadata.name} leads to no port ${targetPort}`)
    }),
    ...pods.flatMap((pod) =>
      pod.containers.flatMap((container) =>
        PROBES.flatMap((probe) => {
          const port = container[probe]?.httpGet?.port ?? container[probe]?.tcpSocket?.port
          return port === undefined || portNames(pod).includes(port)
            ? []
            : [`${pod.owner.metadata.name}: ${probe} asks port ${port}, which is not there`]
        }),
      ),
    ),
    ...ofKind('Ingress').flatMap(({ metadata, spec }) =>
      (spec.rules as readonly KubeObject[]).flatMap(({ http }) =>
        (http.paths as readonly KubeObject[]).flatMap(({ path, backend }) => {
          const { name, port } = backend.service
          const service = ofKind('Service').find((candidate) => candidate.metadata.name === name)
          const names = (service?.spec.ports ?? []).map((p: { name: string }) => p.name)
          return names.includes(port.name)
            ? []
            : [`Ingress/${metadata.name} leads ${path} to ${name}:${port.name}, which is not there`]
        }),
      ),
    ),
    ...ofKind('NetworkPolicy').flatMap(({ metadata, spec }) =>
      ((spec.ingress ?? []) as readonly KubeObject[]).flatMap(({ ports = [] }) =>
        (ports as readonly { port: string }[]).flatMap(({ port }) =>
          selected(pods, spec.podSelector)
            .filter((pod) => !portNames(pod).includes(port))
            .map((pod) => `NetworkPolicy/${metadata.name}: ${pod.owner.metadata.name} has no port ${port}`),
        ),
      ),
    ),
  ]
}
