import { type Static, Type } from 'typebox'

/**
 * Every kind of error that an HTTP API of Keyflow answers with. `type` of a problem is `/problems/<name>`; names are
 * never changed or used for something else, so that clients can branch on them.
 */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request does not have the documented shape' },
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  forbidden: { status: 403, title: 'The API key may not do this' },
  'license-not-usable': { status: 403, title: 'The license cannot be used now' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'unknown-route': { status: 404, title: 'There is no such route' },
  'license-not-found': { status: 404, title: 'There is no such license' },
  'activation-not-found': { status: 404, title: 'There is no such activation' },
  'review-not-found': { status: 404, title: 'There is no such review' },
  'api-key-not-found': { status: 404, title: 'There is no such API key' },
  'signing-key-not-found': { status: 404, title: 'There is no such signing key' },
  'method-not-allowed': { status: 405, title: 'The route does not know this method' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  conflict: { status: 409, title: 'The present state does not allow this' },
  'key-in-use': { status: 409, title: 'Another license has this key' },
  'activation-limit-reached': { status: 409, title: 'The license is used at as many places as it allows' },
  'request-in-progress': { status: 409, title: 'A request with this Idempotency-Key is being worked on' },
  'precondition-failed': { status: 412, title: 'The license has changed since it was read' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  unprocessable: { status: 422, title: 'The request cannot be carried out as it is' },
  'unknown-tier': { status: 422, title: 'The catalog has no such tier' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another request' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'quota-used-up': { status: 429, title: 'The validations of this month are used up' },
  'headers-too-large': { status: 431, title: 'The request headers are too large' },
  'internal-error': { status: 500, title: 'Something failed on this side' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const
export type ProblemName = keyof typeof PROBLEMS

export const problemType = (name: ProblemName): string => `/problems/${name}`

/** An RFC 9457 body (`application/problem+json`). Some types say more in members of their own. */
export const Problem = Type.Object(
  {
    /** `/problems/<name>`: stable. Resolves on the API that answered. */
    type: Type.String({ format: 'uri-reference' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    /** One sentence about this occurrence; never holds what the client sent. */
    detail: Type.Optional(Type.String()),
    /** Of `invalid-request`: where, as a JSON pointer into the part of the request, and what is wrong. */
    errors: Type.Optional(
      Type.Array(Type.Object({ in: Type.String(), pointer: Type.String(), detail: Type.String() })),
    ),
  },
  { additionalProperties: true },
)
export type Problem = Static<typeof Problem>
