import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { CliError } from '../command/cli-error.ts'
import { EXIT } from '../command/exit-codes.ts'

/** Calls one service's API with the operator's token. Failures are CliErrors with what to do about them. */
export interface ApiClient {
  readonly address: string
  readonly get: <S extends TSchema>(path: string, answer: S) => Promise<Static<S>>
  readonly send: <S extends TSchema>(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body: unknown,
    answer: S,
  ) => Promise<Static<S>>
  /** A body of one JSON document a line (NDJSON), as it arrives. */
  readonly lines: <S extends TSchema>(
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    line: S,
  ) => AsyncGenerator<Static<S>>
}

interface ApiClientOptions {
  readonly service: string
  readonly address: string
  readonly token: string | undefined
  readonly signal: AbortSignal
}

export const createApiClient = (options: ApiClientOptions): ApiClient => {
  const ask = (method: string, path: string, body?: unknown) => request(options, method, path, body)
  return {
    address: options.address,
    get: async (path, answer) => understand(options, answer, await (await ask('GET', path)).json()),
    send: async (method, path, body, answer) =>
      understand(options, answer, await (await ask(method, path, body)).json()),
    lines: async function* (method, path, body, line) {
      const response = await ask(method, path, body)
      for await (const text of linesOf(response)) yield understand(options, line, JSON.parse(text))
    },
  }
}

const request = async (
  { service, address, token, signal }: ApiClientOptions,
  method: string,
  path: string,
  body: unknown,
): Promise<Response> => {
  let response: Response
  try {
    response = await fetch(`${address}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal,
    })
  } catch (error) {
    if (signal.aborted) throw error
    throw new CliError(`The ${service} service does not answer at ${address}.`, {
      exitCode: EXIT.unavailable,
      fix: `Is it running? --api-url or KEYFLOW_${service.toUpperCase()}_URL says where it is.`,
    })
  }
  if (!response.ok) throw await refusal(service, response)
  return response
}

const refusal = async (service: string, response: Response): Promise<CliError> => {
  const problem: unknown = await response.json().catch(() => undefined)
  const detail = (problem as { detail?: unknown } | undefined)?.detail
  const said = typeof detail === 'string' ? detail : `${service} answered ${response.status}.`
  if (response.status === 401 || response.status === 403)
    return new CliError(said, {
      exitCode: EXIT.notPermitted,
      fix: 'Give the token with --token-file, KEYFLOW_TOKEN_FILE or KEYFLOW_TOKEN.',
    })
  return new CliError(said, { exitCode: response.status >= 500 ? EXIT.unavailable : EXIT.failed })
}

const understand = <S extends TSchema>(
  { service }: ApiClientOptions,
  schema: S,
  value: unknown,
): Static<S> => {
  if (Value.Check(schema, value)) return value
  const [first] = Value.Errors(schema, value)
  const where = first === undefined ? '' : ` (${first.instancePath || '/'} ${first.message})`
  throw new CliError(`The ${service} service answered something else than expected${where}.`, {
    fix: 'Are the command and the service of the same version?',
  })
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    rest += decoder.decode(chunk, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield line
  }
  if (rest !== '') yield rest
}
