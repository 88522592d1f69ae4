import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GoModule, goModuleFolder } from '@keyflow/devstack'
import { parse } from 'yaml'
import type { KubeObject } from '../rendered.ts'
import {
  type Definitions,
  type GroupVersionKind,
  type OpenApiSchema,
  objectSchema,
  schemaFile,
} from './strict-schema.ts'

const KUBERNETES: GoModule = { module: 'k8s.io/kubernetes', version: 'v1.36.1' }

/** Operators whose kinds the components use, and where their modules keep the definitions. */
const OPERATORS: readonly (GoModule & { readonly folder: string })[] = [
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    folder: 'example/prometheus-operator-crd',
  },
  { module: 'github.com/kedacore/keda/v2', version: 'v2.16.1', folder: 'config/crd/bases' },
]

interface CustomResource {
  readonly spec: {
    readonly group: string
    readonly names: { readonly kind: string }
    readonly versions: readonly {
      readonly name: string
      readonly schema: { readonly openAPIV3Schema: OpenApiSchema }
    }[]
  }
}

type Write = (schema: OpenApiSchema, kind: GroupVersionKind, definitions?: Definitions) => void

const writeBuiltIn = async (write: Write): Promise<void> => {
  const file = join(await goModuleFolder(KUBERNETES), 'api/openapi-spec/swagger.json')
  const { definitions } = JSON.parse(readFileSync(file, 'utf8')) as { readonly definitions: Definitions }
  for (const schema of Object.values(definitions))
    for (const kind of schema['x-kubernetes-group-version-kind'] ?? [])
      if (schema.properties?.metadata !== undefined) write(schema, kind, definitions)
}

const writeCustom = async (write: Write): Promise<void> => {
  for (const { folder, ...operator } of OPERATORS) {
    const definitions = join(await goModuleFolder(operator), folder)
    for (const file of readdirSync(definitions).filter((name) => name.endsWith('.yaml'))) {
      const { spec } = parse(readFileSync(join(definitions, file), 'utf8')) as CustomResource
      for (const { name: version, schema } of spec.versions)
        write(schema.openAPIV3Schema, { group: spec.group, version, kind: spec.names.kind })
    }
  }
}

/** Strict schemas of every kind that the objects have, made from the sources of the servers that will take them. */
export const writeSchemas = async (folder: string, objects: readonly KubeObject[]): Promise<void> => {
  const wanted = new Set(objects.map(({ kind }) => kind))
  const write: Write = (schema, kind, definitions) => {
    if (!wanted.has(kind.kind)) return
    writeFileSync(join(folder, schemaFile(kind)), JSON.stringify(objectSchema(schema, kind, definitions)))
  }
  await writeBuiltIn(write)
  await writeCustom(write)
}
