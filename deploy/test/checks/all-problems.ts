import { readFileSync } from 'node:fs'
import type { KubeObject } from '../rendered.ts'
import { configurationProblems } from './configuration.ts'
import { lifecycleProblems } from './lifecycle.ts'
import { nameProblems } from './names.ts'
import { portProblems } from './ports.ts'
import { resourceProblems } from './resources.ts'
import { selectorProblems } from './selectors.ts'

const OPS_SERVER = new URL('../../../packages/runtime/src/http/ops-server.ts', import.meta.url)

/** Everything that is wrong with rendered manifests beyond their schema, one sentence each. */
export const allProblems = (
  objects: readonly KubeObject[],
  options: { readonly secretsAreHere: boolean },
): readonly string[] => [
  ...nameProblems(objects),
  ...selectorProblems(objects),
  ...portProblems(objects),
  ...configurationProblems(objects, options),
  ...lifecycleProblems(objects, readFileSync(OPS_SERVER, 'utf8')),
  ...resourceProblems(objects),
]
