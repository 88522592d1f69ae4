/** What OpenAPI documents of Kubernetes say of a type, as far as a JSON schema can say it too. */
export interface OpenApiSchema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, OpenApiSchema>>
  readonly additionalProperties?: boolean | OpenApiSchema
  readonly items?: OpenApiSchema
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[]
}

export interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

export type Definitions = Readonly<Record<string, OpenApiSchema>>
export type JsonSchema = Readonly<Record<string, unknown>>

const KEPT = ['type', 'enum', 'pattern', 'minimum', 'maximum', 'required'] as const

const convertAll = (properties: Definitions, convert: (schema: OpenApiSchema) => JsonSchema) =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, convert(schema)]))

/** The same type as a JSON schema without references that takes no field which the type does not have. */
export const strictSchema = (
  schema: OpenApiSchema,
  definitions: Definitions = {},
  within: readonly string[] = [],
): JsonSchema => {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
    if (name.endsWith('.Quantity')) return { type: ['string', 'number'] }
    if (name.endsWith('.IntOrString')) return { type: ['string', 'integer'] }
    const target = definitions[name]
    // A type that contains itself (a schema of schemas) ends here: anything is taken below.
    if (target === undefined || within.includes(name)) return {}
    return strictSchema(target, definitions, [...within, name])
  }
  if (schema['x-kubernetes-int-or-string'] === true || schema.format === 'int-or-string')
    return { type: ['string', 'integer'] }
  const convert = (inner: OpenApiSchema): JsonSchema => strictSchema(inner, definitions, within)
  const { properties, additionalProperties, items } = schema
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true
  return {
    ...Object.fromEntries(KEPT.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]])),
    ...(properties === undefined ? {} : { properties: convertAll(properties, convert) }),
    ...(properties === undefined || isOpen ? {} : { additionalProperties: false }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: convert(additionalProperties) }
      : {}),
    ...(items === undefined ? {} : { items: convert(items) }),
  }
}

/** A whole object: its strict schema, for this kind and version alone. */
export const objectSchema = (
  schema: OpenApiSchema,
  { group, version, kind }: GroupVersionKind,
  definitions: Definitions = {},
): JsonSchema => {
  const strict = strictSchema(schema, definitions)
  const apiVersion = group === '' ? version : `${group}/${version}`
  return {
    ...strict,
    // Of a CRD's metadata the document says nothing: the API server knows it.
    properties: {
      ...(strict.properties as object),
      apiVersion: { const: apiVersion },
      kind: { const: kind },
      ...(schema.properties?.metadata?.$ref === undefined ? { metadata: { type: 'object' } } : {}),
    },
    required: [...new Set([...(schema.required ?? []), 'apiVersion', 'kind', 'metadata'])],
  }
}

/** The name under which kubeconform looks for a schema. */
export const schemaFile = ({ group, version, kind }: GroupVersionKind): string =>
  `${[kind, ...(group === '' ? [] : [group.split('.')[0]]), version].join('-').toLowerCase()}.json`
