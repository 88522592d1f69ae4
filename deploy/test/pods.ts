import type { KubeObject } from './rendered.ts'

export interface Pod {
  readonly owner: KubeObject
  readonly labels: Readonly<Record<string, string>>
  readonly spec: KubeObject
  readonly containers: readonly KubeObject[]
}

const TEMPLATED = new Set(['Deployment', 'StatefulSet', 'Job', 'DaemonSet'])

export const podsOf = (objects: readonly KubeObject[]): readonly Pod[] =>
  objects
    .filter(({ kind }) => TEMPLATED.has(kind))
    .map((owner) => ({
      owner,
      labels: owner.spec.template.metadata.labels,
      spec: owner.spec.template.spec,
      containers: [
        ...(owner.spec.template.spec.initContainers ?? []),
        ...owner.spec.template.spec.containers,
      ],
    }))

export const portNames = (pod: Pod): readonly string[] =>
  pod.containers.flatMap((container) => (container.ports ?? []).map(({ name }: { name: string }) => name))

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { key: string; operator: string; values: readonly string[] }[]
}

/** Pods that a selector of labels means. */
export const selected = (pods: readonly Pod[], selector: Selector): readonly Pod[] =>
  pods.filter(
    ({ labels }) =>
      Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
      (selector.matchExpressions ?? []).every(({ key, values }) => values.includes(labels[key] ?? '')),
  )

interface EnvEntry {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: { readonly secretKeyRef?: KeyRef; readonly configMapKeyRef?: KeyRef }
}
interface KeyRef {
  readonly name: string
  readonly key: string
}

/** Every key of a ConfigMap or Secret that a container needs, `key` undefined where all of it is taken. */
export const referencesOf = (pod: Pod) =>
  pod.containers.flatMap((container) => [
    ...(container.envFrom ?? []).map(
      (from: { configMapRef?: { name: string }; secretRef?: { name: string } }) => ({
        kind: from.configMapRef === undefined ? 'Secret' : 'ConfigMap',
        name: (from.configMapRef ?? from.secretRef)?.name ?? '',
        key: undefined as string | undefined,
      }),
    ),
    ...(container.env ?? []).flatMap(({ valueFrom }: EnvEntry) => {
      const secret = valueFrom?.secretKeyRef
      const map = valueFrom?.configMapKeyRef
      return [
        ...(secret === undefined ? [] : [{ kind: 'Secret', ...secret }]),
        ...(map === undefined ? [] : [{ kind: 'ConfigMap', ...map }]),
      ]
    }),
  ]) as readonly { readonly kind: string; readonly name: string; readonly key: string | undefined }[]

/** What the container's environment is, with the objects that it is taken from. */
export const environmentOf = (
  container: KubeObject,
  objects: readonly KubeObject[],
): Readonly<Record<string, string>> => {
  const dataOf = (kind: string, name: string): Readonly<Record<string, string>> => {
    const found = objects.find((object) => object.kind === kind && object.metadata.name === name)
    const entries = Object.entries((found?.data ?? {}) as Readonly<Record<string, string>>)
    if (kind === 'ConfigMap') return Object.fromEntries(entries)
    return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
  }
  const all: Record<string, string> = {}
  for (const { configMapRef } of container.envFrom ?? [])
    Object.assign(all, dataOf('ConfigMap', configMapRef.name))
  for (const { name, value, valueFrom } of (container.env ?? []) as readonly EnvEntry[]) {
    const secret = valueFrom?.secretKeyRef
    all[name] = value ?? (secret === undefined ? '' : (dataOf('Secret', secret.name)[secret.key] ?? ''))
  }
  return all
}
