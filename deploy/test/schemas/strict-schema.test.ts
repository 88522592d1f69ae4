import { describe, expect, it } from '@jest/globals'
import { objectSchema, schemaFile, strictSchema } from './strict-schema.ts'

const definitions = {
  'io.example.Spec': {
    type: 'object',
    required: ['replicas'],
    properties: {
      replicas: { type: 'integer', format: 'int32' },
      port: { $ref: '#/definitions/io.example.IntOrString' },
      memory: { $ref: '#/definitions/io.example.Quantity' },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      inner: { $ref: '#/definitions/io.example.Spec' },
    },
  },
}

describe('a strict schema', () => {
  it('takes no field that the type does not have, and any key where the type is a map', () => {
    expect(strictSchema({ $ref: '#/definitions/io.example.Spec' }, definitions)).toEqual({
      type: 'object',
      required: ['replicas'],
      additionalProperties: false,
      properties: {
        replicas: { type: 'integer' },
        port: { type: ['string', 'integer'] },
        memory: { type: ['string', 'number'] },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        // Where a type contains itself, what is below is not looked at.
        inner: {},
      },
    })
  })

  it('keeps what a custom resource says of the form of a text, and where it lets everything in', () => {
    const schema = {
      type: 'object',
      properties: {
        interval: { type: 'string', pattern: '^\\d+s$' },
        anything: {
          type: 'object',
          properties: { a: { type: 'string' } },
          'x-kubernetes-preserve-unknown-fields': true,
        },
      },
    }
    expect(strictSchema(schema).properties).toEqual({
      interval: { type: 'string', pattern: '^\\d+s$' },
      anything: { type: 'object', properties: { a: { type: 'string' } } },
    })
  })

  it('is for one kind and version, under the name that kubeconform asks for', () => {
    const kind = { group: 'monitoring.coreos.com', version: 'v1', kind: 'ServiceMonitor' }
    expect(objectSchema({ type: 'object', properties: {} }, kind)).toMatchObject({
      properties: { apiVersion: { const: 'monitoring.coreos.com/v1' }, kind: { const: 'ServiceMonitor' } },
      required: ['apiVersion', 'kind', 'metadata'],
    })
    expect(schemaFile(kind)).toBe('servicemonitor-monitoring-v1.json')
    expect(schemaFile({ group: '', version: 'v1', kind: 'Service' })).toBe('service-v1.json')
  })
})
