import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { environmentOf, type Pod, podsOf, portNames, referencesOf, selected } from './pods.ts'
import { quantity } from './quantities.ts'
import { type KubeObject, render } from './rendered.ts'
import { ANYWHERE, WORKLOADS } from './workloads.ts'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const OURS = new Set(['keyflow/ingest', 'keyflow/licensing', 'keyflow/dunning', 'keyflow/notifier'])

const ofKind = (objects: readonly KubeObject[], kind: string): readonly KubeObject[] =>
  objects.filter((object) => object.kind === kind)

const duplicates = (names: readonly string[]): readonly string[] =>
  names.filter((name, at) => names.indexOf(name) !== at)

/** Names by which pods refer to configuration, without the hash that kustomize puts behind them. */
const plain = (name: string): string => name.replace(/-[a-z0-9]{10}$/, '')

const dev = render('overlays/dev')
const prod = render('overlays/prod')

describe.each([
  ['dev', dev],
  ['prod', prod],
])('deploy/k8s/overlays/%s', (overlay, rendered) => {
  const objects = rendered ?? []
  const pods = podsOf(objects)
  const containers = pods.flatMap((pod) => pod.containers.map((container) => ({ pod, container })))

  it('gives every object a name that Kubernetes takes, each once', () => {
    const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    expect(duplicates(names)).toEqual([])
    for (const { metadata } of objects) expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/)
  })

  it('selects the pods that it means: workloads, services, budgets, autoscalers, policies', () => {
    for (const { owner, labels } of pods)
      for (const [key, value] of Object.entries(owner.spec.selector?.matchLabels ?? {}))
        expect([owner.metadata.name, key, labels[key]]).toEqual([owner.metadata.name, key, value])
    for (const service of ofKind(objects, 'Service'))
      expect([service.metadata.name, selected(pods, { matchLabels: service.spec.selector }).length]).toEqual([
        service.metadata.name,
        1,
      ])
    for (const budget of ofKind(objects, 'PodDisruptionBudget')) {
      expect(selected(pods, budget.spec.selector)).toHaveLength(1)
      expect('minAvailable' in budget.spec && 'maxUnavailable' in budget.spec).toBe(false)
    }
    for (const { spec } of ofKind(objects, 'HorizontalPodAutoscaler')) {
      const target = pods.find(({ owner }) => owner.metadata.name === spec.scaleTargetRef.name)
      expect(target?.owner.spec.replicas).toBeUndefined()
      expect(target).toBeDefined()
    }
    for (const { metadata, spec } of ofKind(objects, 'NetworkPolicy'))
      expect([metadata.name, selected(pods, spec.podSelector).length > 0]).toEqual([metadata.name, true])
  })

  it('names ports that are there: in services, probes, ingresses and policies', () => {
    for (const service of ofKind(objects, 'Service')) {
      const [pod] = selected(pods, { matchLabels: service.spec.selector })
      for (const { targetPort } of service.spec.ports) expect(portNames(pod as Pod)).toContain(targetPort)
      expect(duplicates(service.spec.ports.map(({ name }: { name: string }) => name))).toEqual([])
    }
    for (const { pod, container } of containers) {
      expect(duplicates(portNames(pod))).toEqual([])
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
        const port = container[probe]?.httpGet?.port ?? container[probe]?.tcpSocket?.port
        if (port !== undefined) expect(portNames(pod)).toContain(port)
      }
    }
    for (const ingress of ofKind(objects, 'Ingress'))
      for (const rule of ingress.spec.rules)
        for (const { backend } of rule.http.paths) {
          const service = objects.find(
            (o) => o.kind === 'Service' && o.metadata.name === backend.service.name,
          )
          expect(service?.spec.ports.map(({ name }: { name: string }) => name)).toContain(
            backend.service.port.name,
          )
        }
    for (const { spec } of ofKind(objects, 'NetworkPolicy'))
      for (const { ports = [] } of spec.ingress ?? [])
        for (const { port } of ports)
          for (const pod of selected(pods, spec.podSelector)) expect(portNames(pod)).toContain(port)
  })

  it('probes routes that the services have, and tells ready from live', () => {
    const routes = read('../../packages/runtime/src/http/ops-server.ts')
    for (const { container } of containers.filter(({ container: c }) => OURS.has(c.image.split(':')[0]))) {
      const [live, ready] = [container.livenessProbe.httpGet.path, container.readinessProbe.httpGet.path]
      expect(live).not.toBe(ready)
      for (const path of [live, ready]) expect(routes).toContain(`server.get('${path}'`)
    }
  })

  it('takes configuration only from what exists, key by key', () => {
    const maps = ofKind(objects, 'ConfigMap')
    const secrets = ofKind(objects, 'Secret')
    for (const pod of pods) {
      for (const { kind, name, key } of referencesOf(pod)) {
        // Outside of dev, secrets are made by whoever keeps them.
        if (kind === 'Secret' && overlay !== 'dev') continue
        const found = (kind === 'Secret' ? secrets : maps).find(({ metadata }) => metadata.name === name)
        expect([kind, name, found !== undefined]).toEqual([kind, name, true])
        if (key !== undefined)
          expect([name, Object.keys(found?.data ?? {})]).toEqual([name, expect.arrayContaining([key])])
      }
      const volumes = (pod.spec.volumes ?? []) as readonly KubeObject[]
      for (const { configMap } of volumes)
        if (configMap !== undefined)
          expect(maps.map(({ metadata }) => metadata.name)).toContain(configMap.name)
      const claims = (pod.owner.spec.volumeClaimTemplates ?? []) as readonly KubeObject[]
      const mountable = [...volumes.map(({ name }) => name), ...claims.map(({ metadata }) => metadata.name)]
      for (const container of pod.containers)
        for (const { name } of container.volumeMounts ?? []) expect(mountable).toContain(name)
    }
  })

  it('tells containers nothing that they do not read, and nothing twice', () => {
    for (const { container } of containers) {
      const entries = (container.env ?? []) as readonly { name: string; value?: unknown }[]
      expect(duplicates(entries.map(({ name }) => name))).toEqual([])
      for (const { name, value } of entries)
        expect([name, value === undefined || typeof value === 'string']).toEqual([name, true])
      const workload = WORKLOADS.get(container.name)
      if (workload === undefined) continue
      const known = new Set([...workload.names, 'SHUTDOWN_MS', 'LOG_LEVEL'])
      const told = Object.keys(environmentOf(container, objects))
      expect(told.filter((name) => !known.has(name) && !ANYWHERE.has(name))).toEqual([])
    }
  })

  it('gives a pod more time to end than its work may take', () => {
    const services = pods.filter(
      ({ owner }) => owner.metadata.name.startsWith('keyflow-') && owner.kind === 'Deployment',
    )
    for (const {
      spec,
      containers: [container],
    } of services) {
      const environment = environmentOf(container as KubeObject, objects)
      const budget = container?.lifecycle.preStop.sleep.seconds + Number(environment.SHUTDOWN_MS) / 1000
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(budget + 5)
    }
  })

  it('asks for no more than it allows, and keeps to the restricted pod security standard', () => {
    for (const { pod, container } of containers) {
      const { requests, limits } = container.resources
      for (const amount of [...Object.values(requests), ...Object.values(limits)] as string[])
        expect([amount, quantity(amount)]).toEqual([amount, expect.any(Number)])
      expect(quantity(requests.memory)).toBeLessThanOrEqual(quantity(limits.memory))
      expect(pod.spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      })
      expect(pod.spec.automountServiceAccountToken).toBe(false)
      if (container.image.startsWith('keyflow/'))
        expect(container.securityContext.readOnlyRootFilesystem).toBe(true)
    }
  })

  it('runs images of a fixed version, those of Keyflow from the Dockerfile', () => {
    for (const { container } of containers) expect(container.image).toMatch(/:(dev|\d+\.\d+[\w.-]*)$/)
  })
})

describe('the secrets of the manifests', () => {
  const dataOf = (objects: readonly KubeObject[]) =>
    [
      ...new Set(
        podsOf(objects)
          .flatMap(referencesOf)
          .filter(({ kind, name }) => kind === 'Secret' && name.startsWith('keyflow-'))
          .map(({ name, key }) => `${plain(name)} ${key}`),
      ),
    ].sort()

  it('are the same in every overlay, and all of them are described for the operator', () => {
    if (dev === undefined || prod === undefined) return
    expect(dataOf(prod)).toEqual(dataOf(dev))
    const guide = read('../../docs/operating/kubernetes.md')
    for (const entry of dataOf(prod)) {
      const [name, key] = entry.split(' ')
      expect(guide).toContain(`\`${name}\``)
      expect(guide).toContain(`\`${key}\``)
    }
  })

  it('let every container of dev start', () => {
    if (dev === undefined) return
    for (const { containers } of podsOf(dev))
      for (const container of containers)
        WORKLOADS.get(container.name)?.load({ HTTP_HOST: '0.0.0.0', ...environmentOf(container, dev) })
  })
})

describe('files that kustomize wants beside its own', () => {
  it.each([
    ['k8s/base/catalog.yaml', '../services/licensing/catalog/example.yaml'],
    ['k8s/overlays/dev/catalog.yaml', '../services/licensing/catalog/development.yaml'],
    ['k8s/overlays/dev/initiate-replica-set.js', 'mongo/initiate-replica-set.js'],
  ])('%s is the same as %s', (copy, original) => {
    expect(read(`../${copy}`)).toBe(read(`../${original}`))
  })
})
