import { PROBLEMS, type Problem, type ProblemName, problemType } from '@keyflow/contracts'
import { classify, KeyflowError } from '../errors/classify.ts'

/** An error that a client is to see, as a problem of a stable type. `detail` and `more` never hold what the client sent. */
export class ProblemError extends Error {
  readonly problem: ProblemName
  readonly statusCode: number
  readonly more: Readonly<Record<string, unknown>>
  constructor(problem: ProblemName, detail?: string, more: Readonly<Record<string, unknown>> = {}) {
    super(detail ?? PROBLEMS[problem].title)
    this.name = 'ProblemError'
    this.problem = problem
    this.statusCode = PROBLEMS[problem].status
    this.more = more
  }
}

const BY_STATUS: Readonly<Record<number, ProblemName>> = {
  400: 'invalid-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'request-timeout',
  409: 'conflict',
  412: 'precondition-failed',
  413: 'body-too-large',
  415: 'unsupported-media-type',
  422: 'unprocessable',
  429: 'rate-limited',
  431: 'headers-too-large',
  500: 'internal-error',
  503: 'unavailable',
}

export const bodyOf = (name: ProblemName, detail?: string, more: object = {}): Problem => ({
  type: problemType(name),
  title: PROBLEMS[name].title,
  status: PROBLEMS[name].status,
  ...(detail === undefined ? {} : { detail }),
  ...more,
})

/** Whatever was thrown -> the problem that is answered: the message of a client's own mistakes, never of ours. */
export const toProblem = (error: unknown): Problem => {
  if (error instanceof ProblemError) return bodyOf(error.problem, error.message, error.more)
  const errors = validationErrors(error)
  if (errors !== undefined) return bodyOf('invalid-request', undefined, { errors })
  const status = statusOf(error)
  const name = BY_STATUS[status] ?? (status < 500 ? 'invalid-request' : 'internal-error')
  return status < 500 && error instanceof Error ? bodyOf(name, error.message) : bodyOf(name)
}

const statusOf = (error: unknown): number => {
  const declared = (error as { statusCode?: unknown } | null)?.statusCode
  if (typeof declared === 'number' && declared >= 400 && declared < 600) return declared
  if (error instanceof KeyflowError && error.kind === 'invalid') return 400
  return classify(error) === 'transient' ? 503 : 500
}

interface Validation {
  readonly validation?: readonly { readonly instancePath: string; readonly message?: string }[]
  readonly validationContext?: string
}

/** What Fastify found against a route's schema; says where and what is wrong, not what was sent. */
const validationErrors = (error: unknown) => {
  const { validation, validationContext = 'body' } = (error ?? {}) as Validation
  return validation?.map(({ instancePath, message = 'is not as documented' }) => ({
    in: validationContext,
    pointer: instancePath,
    detail: message,
  }))
}
