import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { allProblems } from './checks/all-problems.ts'
import { environmentOf, podsOf, referencesOf } from './pods.ts'
import { type KubeObject, render } from './rendered.ts'
import { WORKLOADS } from './workloads.ts'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

/** Names by which pods refer to configuration, without the hash that kustomize puts behind them. */
const plain = (name: string): string => name.replace(/-[a-z0-9]{10}$/, '')

const dev = render('overlays/dev')
const prod = render('overlays/prod')

describe('deploy/k8s', () => {
  it.each([
    ['dev', dev],
    ['prod', prod],
    ['prod with KEDA', render('../test/with-keda')],
  ])('has no problem in the overlay %s', (overlay, objects = []) => {
    expect(allProblems(objects, { secretsAreHere: overlay === 'dev' })).toEqual([])
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

  it('are the same in every overlay but for the login to Kafka, and all of them are described for the operator', () => {
    if (dev === undefined || prod === undefined) return
    const isLogin = (entry: string): boolean => / KAFKA_(USERNAME|PASSWORD)$/.test(entry)
    expect(dataOf(prod).filter((entry) => !isLogin(entry))).toEqual(dataOf(dev))
    // The services and the topics job, two each.
    expect(dataOf(prod).filter(isLogin)).toHaveLength(2 * WORKLOADS.size)
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
