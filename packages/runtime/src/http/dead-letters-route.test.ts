import { describe, expect, it } from '@jest/globals'
import { createLogger } from '../telemetry/logger.ts'
import { deadLettersRoute } from './dead-letters-route.ts'
import { createHttpServer } from './http-server.ts'

const TOKEN = 'operator-token-for-tests'

/** A store that only remembers how many letters it was asked for. */
const serve = async () => {
  const asked: number[] = []
  const cursor = {
    sort: () => cursor,
    limit: (count: number) => {
      asked.push(count)
      return cursor
    },
    toArray: async () => [],
  }
  const store = { db: { collection: () => ({ find: () => cursor }) } }
  const server = await createHttpServer({ logger: createLogger({ service: 'test', level: 'silent' }) })
  deadLettersRoute(server, { store, operatorToken: TOKEN, clock: () => new Date() } as never)
  const list = (query: string) =>
    server.inject({ url: `/api/v1/dead-letters${query}`, headers: { authorization: `Bearer ${TOKEN}` } })
  return { asked, list }
}

describe('the list of dead letters', () => {
  it('is as long as is asked for', async () => {
    const { asked, list } = await serve()
    expect((await list('')).statusCode).toBe(200)
    expect((await list('?limit=7')).statusCode).toBe(200)
    expect(asked).toEqual([500, 7])
  })

  it.each(['0', '5001', '-1', 'all'])('is refused with a limit of %s', async (limit) => {
    const { asked, list } = await serve()
    expect((await list(`?limit=${limit}`)).statusCode).toBe(400)
    expect(asked).toEqual([])
  })
})
