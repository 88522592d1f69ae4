import { randomUUID } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Json = Record<string, unknown>
export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Json
}
type Handle = (
  asked: Asked,
  answer: (status: number, body?: unknown) => void,
  response: ServerResponse,
) => void

const serve = async (handle: Handle) => {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const one: Asked = {
        method: request.method ?? '',
        path: decodeURIComponent(request.url ?? ''),
        headers: request.headers,
        body: text === '' ? {} : (JSON.parse(text) as Json),
      }
      asked.push(one)
      const answer = (status: number, body: unknown = {}): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      }
      handle(one, answer, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** What a server with the REST API of the tutorial does: a repeated Idempotency-Key gets the first answer's license. */
export const startRestServer = async (token: string) => {
  const licenses = new Map<string, Json>()
  const byKey = new Map<string, string>()
  /** Statuses of the next answers; the request is carried out before `drop`, and nothing is answered. */
  const trouble: (number | 'drop')[] = []
  /** A server that knows no Idempotency-Key, and answers 409 for what it has. */
  let conflicts = false
  const server = await serve(({ method, path, headers, body }, answer, response) => {
    const next = trouble.shift()
    if (headers.authorization !== `Bearer ${token}`) return answer(401)
    if (typeof next === 'number') return answer(next)
    const reply: typeof answer = next === 'drop' ? () => response.destroy() : answer
    const id = /^\/api\/v1\/licenses\/([^/]+)$/.exec(path)?.[1]
    if (method === 'POST' && path === '/api/v1/licenses') {
      const key = String(headers['idempotency-key'])
      const known = byKey.get(key)
      if (known !== undefined && licenses.has(known)) return reply(conflicts ? 409 : 200, { id: known })
      const made = `ext_${randomUUID()}`
      byKey.set(key, made)
      licenses.set(made, { id: made, status: 'active', ...body })
      return reply(201, licenses.get(made))
    }
    const license = id === undefined ? undefined : licenses.get(id)
    if (license === undefined) return reply(404)
    if (method === 'PATCH') Object.assign(license, body)
    return reply(200, license)
  })
  return {
    ...server,
    licenses,
    trouble,
    answerConflicts: () => {
      conflicts = true
    },
  }
}

/** What Keygen's API does with the calls that the mirror makes. */
export const startKeygenServer = async (account: string, token: string) => {
  const licenses = new Map<string, Json>()
  const root = `/v1/accounts/${account}/licenses`
  const server = await serve(({ method, path, headers, body }, answer) => {
    if (headers.authorization !== `Bearer ${token}`) return answer(401)
    if (!String(headers.accept).includes('application/vnd.api+json')) return answer(406)
    const data = (body.data ?? {}) as { attributes?: Json; relationships?: Json; id?: string; type?: string }
    if (path.startsWith(`${root}?`)) {
      const wanted = /metadata\[keyflowLicenseId\]=([^&]+)/.exec(path)?.[1]
      const found = [...licenses.values()].filter(
        ({ attributes }) => ((attributes as Json).metadata as Json).keyflowLicenseId === wanted,
      )
      return answer(200, { data: found })
    }
    if (method === 'POST' && path === root) {
      const id = randomUUID()
      licenses.set(id, {
        type: 'licenses',
        id,
        attributes: { ...data.attributes },
        relationships: data.relationships,
      })
      return answer(201, { data: licenses.get(id) })
    }
    const [, id = '', rest] = new RegExp(`^${root}/([^/]+)(/policy)?$`).exec(path) ?? []
    const license = licenses.get(id)
    if (license === undefined) return answer(404)
    if (method === 'PATCH') license.attributes = { ...(license.attributes as Json), ...data.attributes }
    if (method === 'PUT' && rest === '/policy') license.relationships = { policy: { data } }
    return answer(200, { data: license })
  })
  return { ...server, licenses }
}
