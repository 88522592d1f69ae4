import { describe, expect, it } from '@jest/globals'
import { allProblems } from './checks/all-problems.ts'
import { type KubeObject, render } from './rendered.ts'

const dev = render('overlays/dev')
const prod = render('overlays/prod')

type Plant = (object: KubeObject) => void
const container = (object: KubeObject): KubeObject => object.spec.template.spec.containers[0]

/** What a hasty change does to one object, and the sentence that must come of it. */
const DEFECTS: readonly (readonly [string, 'dev' | 'prod', string, Plant, RegExp])[] = [
  [
    'an env value that is a number',
    'dev',
    'Deployment/keyflow-ingest',
    (o) => container(o).env.push({ name: 'MAX_IN_FLIGHT_REQUESTS', value: 5 }),
    /MAX_IN_FLIGHT_REQUESTS is no text/,
  ],
  [
    'a selector that is not the labels',
    'dev',
    'Deployment/keyflow-ingest',
    (o) => {
      o.spec.selector.matchLabels['app.kubernetes.io/name'] = 'ingress'
    },
    /does not select its own pods/,
  ],
  [
    'a request above its limit',
    'dev',
    'Deployment/keyflow-dunning',
    (o) => {
      container(o).resources.requests.memory = '2Gi'
    },
    /more memory than it may have/,
  ],
  [
    'a budget with a minimum and a maximum',
    'prod',
    'PodDisruptionBudget/keyflow-ingest',
    (o) => {
      o.spec.minAvailable = 1
    },
    /both a minimum and a maximum/,
  ],
  [
    'two ports of one name',
    'dev',
    'Deployment/keyflow-ingest',
    (o) => container(o).ports.push({ name: 'http', containerPort: 1 }),
    /has two ports http/,
  ],
  [
    'a name that Kubernetes does not take',
    'dev',
    'Service/inbox',
    (o) => {
      ;(o.metadata as { name: string }).name = 'In_box'
    },
    /is no name that Kubernetes takes/,
  ],
  [
    'a quantity of 256MB',
    'dev',
    'Deployment/keyflow-notifier',
    (o) => {
      container(o).resources.limits.memory = '256MB'
    },
    /256MB is no quantity/,
  ],
  [
    'a mount of a volume that is not there',
    'dev',
    'Deployment/keyflow-licensing',
    (o) => container(o).volumeMounts.push({ name: 'certificates', mountPath: '/certs' }),
    /mounts certificates, which is no volume/,
  ],
  [
    'a variable that is set twice',
    'dev',
    'Deployment/keyflow-notifier',
    (o) => container(o).env.push({ name: 'SMTP_URL', value: 'smtp://elsewhere' }),
    /sets SMTP_URL twice/,
  ],
  [
    'a variable that nobody reads',
    'prod',
    'Deployment/keyflow-notifier',
    (o) => container(o).env.push({ name: 'SMTP_HOST', value: 'smtp.example.com' }),
    /is told SMTP_HOST, which it does not read/,
  ],
  [
    'a probe of a port that is not there',
    'dev',
    'Deployment/keyflow-licensing',
    (o) => {
      container(o).readinessProbe.httpGet.port = 'admin'
    },
    /readinessProbe asks port admin/,
  ],
  [
    'a probe of a route that is not there',
    'dev',
    'Deployment/keyflow-licensing',
    (o) => {
      container(o).livenessProbe.httpGet.path = '/livez'
    },
    /probes \/livez, which is no route/,
  ],
  [
    'a service that leads to no port',
    'dev',
    'Service/keyflow-licensing',
    (o) => {
      o.spec.ports[0].targetPort = 'web'
    },
    /leads to no port web/,
  ],
  [
    'a ConfigMap that is not there',
    'dev',
    'Deployment/keyflow-dunning',
    (o) => {
      container(o).envFrom[0].configMapRef.name = 'keyflow-settings'
    },
    /ConfigMap\/keyflow-settings is not there/,
  ],
  [
    'a key that the Secret does not have',
    'dev',
    'Deployment/keyflow-dunning',
    (o) => {
      container(o).env[0].valueFrom.secretKeyRef.key = 'MONGO_URL'
    },
    /has no MONGO_URL/,
  ],
  [
    'an ingress to a service that is not there',
    'prod',
    'Ingress/keyflow-webhooks',
    (o) => {
      o.spec.rules[0].http.paths[0].backend.service.name = 'ingest'
    },
    /which is not there/,
  ],
  [
    'less time to end than the work may take',
    'dev',
    'Deployment/keyflow-ingest',
    (o) => {
      o.spec.template.spec.terminationGracePeriodSeconds = 30
    },
    /is killed before it may have finished/,
  ],
  [
    'a container that may become root',
    'prod',
    'Deployment/keyflow-ingest',
    (o) => {
      container(o).securityContext.allowPrivilegeEscalation = true
    },
    /is not restricted/,
  ],
  [
    'an autoscaled workload that also says its replicas',
    'prod',
    'Deployment/keyflow-ingest',
    (o) => {
      o.spec.replicas = 2
    },
    /both say how many replicas/,
  ],
]

describe('a defect in the manifests', () => {
  it.each(DEFECTS)('%s is found', (_what, overlay, where, plant, sentence) => {
    const rendered = overlay === 'dev' ? dev : prod
    if (rendered === undefined) return
    const objects = structuredClone(rendered)
    const target = objects.find(({ kind, metadata }) => `${kind}/${metadata.name}` === where)
    expect(target).toBeDefined()
    plant(target as KubeObject)
    expect(allProblems(objects, { secretsAreHere: overlay === 'dev' })).toContainEqual(
      expect.stringMatching(sentence),
    )
  })
})
