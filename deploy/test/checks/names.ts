import { podsOf, portNames } from '../pods.ts'
import type { KubeObject } from '../rendered.ts'
import { duplicates } from './duplicates.ts'

const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** Names that the API server refuses, and things that are there twice. */
export const nameProblems = (objects: readonly KubeObject[]): readonly string[] => [
  ...duplicates(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).map(
    (name) => `${name} is there twice`,
  ),
  ...objects
    .filter(({ metadata }) => !DNS_NAME.test(metadata.name))
    .map(({ kind, metadata }) => `${kind}/${metadata.name} is no name that Kubernetes takes`),
  ...objects
    .filter(({ kind }) => kind === 'Service')
    .flatMap(({ metadata, spec }) =>
      duplicates(spec.ports.map(({ name }: { name: string }) => name)).map(
        (port) => `Service/${metadata.name} has two ports ${port}`,
      ),
    ),
  ...podsOf(objects).flatMap((pod) => {
    const owner = `${pod.owner.kind}/${pod.owner.metadata.name}`
    return [
      ...duplicates(portNames(pod)).map((port) => `${owner} has two ports ${port}`),
      ...pod.containers.flatMap((container) =>
        duplicates((container.env ?? []).map(({ name }: { name: string }) => name)).map(
          (name) => `${owner} sets ${name} twice`,
        ),
      ),
    ]
  }),
]
