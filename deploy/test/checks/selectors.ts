import { podsOf, selected } from '../pods.ts'
import type { KubeObject } from '../rendered.ts'

/** Selectors that mean no pod, or not the one that they should. */
export const selectorProblems = (objects: readonly KubeObject[]): readonly string[] => {
  const pods = podsOf(objects)
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind)
  const means = (object: KubeObject, selector: object, exactly?: number): readonly string[] => {
    const count = selected(pods, selector).length
    const isRight = exactly === undefined ? count > 0 : count === exactly
    return isRight ? [] : [`${object.kind}/${object.metadata.name} selects ${count} workloads`]
  }
  return [
    ...pods.flatMap(({ owner, labels }) =>
      Object.entries(owner.spec.selector?.matchLabels ?? {})
        .filter(([key, value]) => labels[key] !== value)
        .map(([key]) => `${owner.kind}/${owner.metadata.name} does not select its own pods by ${key}`),
    ),
    ...ofKind('Service').flatMap((service) => means(service, { matchLabels: service.spec.selector }, 1)),
    ...ofKind('PodDisruptionBudget').flatMap((budget) => [
      ...means(budget, budget.spec.selector, 1),
      ...('minAvailable' in budget.spec && 'maxUnavailable' in budget.spec
        ? [`PodDisruptionBudget/${budget.metadata.name} has both a minimum and a maximum`]
        : []),
    ]),
    ...ofKind('NetworkPolicy').flatMap((policy) => means(policy, policy.spec.podSelector)),
    ...[...ofKind('HorizontalPodAutoscaler'), ...ofKind('ScaledObject')].flatMap(
      ({ kind, metadata, spec }) => {
        const target = pods.find(({ owner }) => owner.metadata.name === spec.scaleTargetRef.name)
        if (target === undefined) return [`${kind}/${metadata.name} scales nothing`]
        return target.owner.spec.replicas === undefined
          ? []
          : [`${kind}/${metadata.name} and its workload both say how many replicas there are`]
      },
    ),
  ]
}
