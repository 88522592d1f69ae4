import type { JsonObject } from '../json.ts'

export type StripeErrorType = 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error'

interface StripeErrorFields {
  readonly status: number
  readonly type: StripeErrorType
  readonly message: string
  readonly code?: string
  readonly param?: string
  /** Further members of the error body, such as `decline_code`. */
  readonly details?: JsonObject
  /** A declined card is answered as an error, but what the attempt left behind stays. */
  readonly keepsChanges?: boolean
}

/** An answer in Stripe's error form. Thrown by handlers, turned into a response in one place. */
export class StripeError extends Error {
  readonly fields: StripeErrorFields

  constructor(fields: StripeErrorFields) {
    super(fields.message)
    this.name = 'StripeError'
    this.fields = fields
  }
}

/** The JSON body `{error: {…}}`. */
export const errorBody = ({ type, message, code, param, details }: StripeErrorFields): JsonObject => ({
  error: {
    ...(code === undefined ? {} : { code, doc_url: `https://stripe.com/docs/error-codes/${code}` }),
    message,
    ...(param === undefined ? {} : { param }),
    type,
    ...details,
  },
})

/** 400: the request cannot be done as it is. */
export const invalidRequest = (message: string, param?: string, code?: string): StripeError =>
  new StripeError({
    status: 400,
    type: 'invalid_request_error',
    message,
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  })

/** 404 for an object named in the path, 400 for one named in a parameter. */
export const missingResource = (kind: string, id: string, param: string): StripeError =>
  new StripeError({
    status: param === 'id' ? 404 : 400,
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'`,
    param,
  })
