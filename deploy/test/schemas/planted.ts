import type { KubeObject } from '../rendered.ts'

const container = (object: KubeObject): KubeObject => object.spec.template.spec.containers[0]

export interface Planted {
  readonly what: string
  /** `Kind/name` of the object that it is planted in. */
  readonly where: string
  readonly plant: (object: KubeObject) => void
  readonly answer: RegExp
}

/** What only a schema finds: each is planted when the manifests are checked, and must be refused. */
export const SCHEMA_DEFECTS: readonly Planted[] = [
  {
    what: 'an unknown field',
    where: 'Deployment/keyflow-ingest',
    plant: (o) => Object.assign(container(o), { readinesProbe: {} }),
    answer: /readinesProbe/,
  },
  {
    what: 'a removed API',
    where: 'PodDisruptionBudget/keyflow-ingest',
    plant: (o) => Object.assign(o, { apiVersion: 'policy/v1beta1' }),
    answer: /could not find schema for PodDisruptionBudget/,
  },
  {
    what: 'a wrong type',
    where: 'Deployment/keyflow-licensing',
    plant: (o) => Object.assign(o.spec, { replicas: 'two' }),
    answer: /\/spec\/replicas/,
  },
  {
    what: 'an env value that is a number',
    where: 'Deployment/keyflow-ingest',
    plant: (o) => container(o).env.push({ name: 'MAX_IN_FLIGHT_REQUESTS', value: 5 }),
    answer: /\/env\/\d+\/value/,
  },
  {
    what: 'a ServiceMonitor interval of 15 sec',
    where: 'ServiceMonitor/keyflow',
    plant: (o) => Object.assign(o.spec.endpoints[0], { interval: '15 sec' }),
    answer: /interval/,
  },
  {
    what: 'a field that a ScaledObject does not have',
    where: 'ScaledObject/keyflow-licensing',
    plant: (o) => Object.assign(o.spec, { maxReplicas: 3 }),
    answer: /maxReplicas/,
  },
]
