import { describe, expect, it } from '@jest/globals'
import type { Span } from '@opentelemetry/api'
import { hideAddress } from './hide-address.ts'

/** As much of a span as is looked at. */
const spanWith = (attributes: Record<string, unknown>) => ({
  attributes,
  setAttribute: (name: string, value: unknown) => {
    attributes[name] = value
  },
})

describe('the span of a request', () => {
  it('tells the route or the host, and never what else stood in the address', () => {
    const attributes = {
      'http.route': '/b/:token',
      'url.path': '/b/the-token-of-a-link',
      'url.query': 'key=KF-SECRET',
      'url.full': 'https://hooks.example.com/services/the-secret',
      'http.target': '/b/the-token-of-a-link?key=KF-SECRET',
    }
    hideAddress(spanWith(attributes) as unknown as Span)
    expect(attributes).toEqual({
      'http.route': '/b/:token',
      'url.path': '[hidden]',
      'url.query': '[hidden]',
      'url.full': 'https://hooks.example.com/[hidden]',
      'http.target': '[hidden]',
    })
  })
})
