import { podsOf } from '../pods.ts'
import { quantity } from '../quantities.ts'
import type { KubeObject } from '../rendered.ts'

const PINNED = /:(dev|\d+\.\d+[\w.-]*)$/

/** Amounts that are none, more asked for than allowed, anything that the restricted pod security standard refuses. */
export const resourceProblems = (objects: readonly KubeObject[]): readonly string[] =>
  podsOf(objects).flatMap(({ owner, spec, containers }) => {
    const name = owner.metadata.name
    const pod = spec.securityContext ?? {}
    return [
      ...(pod.runAsNonRoot === true && pod.runAsUser > 0 && pod.seccompProfile?.type === 'RuntimeDefault'
        ? []
        : [`${name} is not restricted`]),
      ...(spec.automountServiceAccountToken === false ? [] : [`${name} is given a token`]),
      ...containers.flatMap(({ resources, securityContext, image }) => {
        const { requests, limits } = resources
        const amounts = [...Object.values(requests), ...Object.values(limits)] as readonly string[]
        const isTight =
          securityContext?.allowPrivilegeEscalation === false &&
          securityContext.capabilities?.drop?.includes('ALL') &&
          (!image.startsWith('keyflow/') || securityContext.readOnlyRootFilesystem === true)
        return [
          ...amounts.filter((a) => Number.isNaN(quantity(a))).map((a) => `${name}: ${a} is no quantity`),
          ...Object.keys(requests)
            .filter((key) => quantity(requests[key]) > quantity(limits[key] ?? 'inf'))
            .map((key) => `${name} asks for more ${key} than it may have`),
          ...(isTight ? [] : [`${name}: its container is not restricted`]),
          ...(PINNED.test(image) ? [] : [`${name}: ${image} has no fixed version`]),
        ]
      }),
    ]
  })
