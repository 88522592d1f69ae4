import { environmentOf, podsOf } from '../pods.ts'
import type { KubeObject } from '../rendered.ts'

/** Seconds that the kubelet must leave beyond what the work in hand may take. */
const SPARE = 5

/** Probes against `routes` (source text of the ops server), and time to end. */
export const lifecycleProblems = (objects: readonly KubeObject[], routes: string): readonly string[] =>
  podsOf(objects)
    .filter(({ owner }) => owner.kind === 'Deployment' && owner.metadata.name.startsWith('keyflow-'))
    .flatMap(({ owner, spec, containers: [container] }) => {
      if (container === undefined) return [`${owner.metadata.name} has no container`]
      const live = container.livenessProbe?.httpGet?.path
      const ready = container.readinessProbe?.httpGet?.path
      const { SHUTDOWN_MS } = environmentOf(container, objects)
      const budget = (container.lifecycle?.preStop?.sleep?.seconds ?? 0) + Number(SHUTDOWN_MS) / 1000 + SPARE
      return [
        ...[live, ready]
          .filter((path) => !routes.includes(`server.get('${path}'`))
          .map((path) => `${owner.metadata.name} probes ${path}, which is no route`),
        ...(live === ready ? [`${owner.metadata.name} cannot be alive and not ready`] : []),
        ...(spec.terminationGracePeriodSeconds >= budget
          ? []
          : [`${owner.metadata.name} is killed before it may have finished`]),
      ]
    })
