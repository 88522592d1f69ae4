import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type GoProgram, goProgramPath } from '@keyflow/devstack'
import { parseAllDocuments } from 'yaml'

/** A Kubernetes object, as far as the checks look into it. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  // biome-ignore lint/suspicious/noExplicitAny: manifests are looked into, not modeled; kubeconform knows their schemas.
  readonly [key: string]: any
}

/** What is rendered and checked; paths from deploy/k8s. */
export const COMPOSITIONS = [
  'overlays/dev',
  'overlays/prod',
  '../test/with-monitoring',
  '../test/with-keda',
] as const

/** For machines without kubectl: `npm run test:rules` builds it. */
export const KUSTOMIZE: GoProgram = {
  name: 'kustomize',
  module: 'sigs.k8s.io/kustomize/kustomize/v5',
  version: 'v5.8.1',
}

const COMMANDS = [
  ['kubectl', 'kustomize'],
  ['kustomize', 'build'],
  [goProgramPath(KUSTOMIZE), 'build'],
] as const

/** The manifests of an overlay as `kubectl apply -k` sends them; undefined where neither kubectl nor kustomize is there. */
export const render = (overlay: string): readonly KubeObject[] | undefined => {
  const folder = fileURLToPath(new URL(`../k8s/${overlay}`, import.meta.url))
  for (const [command, verb] of COMMANDS) {
    const { error, status, stdout, stderr } = spawnSync(command, [verb, folder], { encoding: 'utf8' })
    if (error !== undefined) continue
    if (status !== 0) throw new Error(`${command} ${verb} ${overlay}: ${stderr}`)
    return parseAllDocuments(stdout).map((document) => document.toJS() as KubeObject)
  }
  process.stdout.write(`neither kubectl nor kustomize is on the PATH: ${overlay} is not checked\n`)
  return undefined
}
