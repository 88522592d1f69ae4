import { describe, expect, it } from '@jest/globals'
import { createOperatorWebhook } from './operator-webhook.ts'

const hook = (answers: (number | Error)[]) => {
  const bodies: string[] = []
  const post = createOperatorWebhook('https://hooks.example.com/secret-path', {
    baseMs: 1,
    fetch: async (_url, init) => {
      bodies.push(String(init?.body))
      const answer = answers.shift() ?? 200
      if (answer instanceof Error) throw answer
      return new Response('', { status: answer })
    },
  })
  return { post, bodies }
}

describe('the webhook of operators', () => {
  it('is told one line of text', async () => {
    const { post, bodies } = hook([])
    await post('2 unknown')
    expect(bodies).toEqual(['{"text":"2 unknown"}'])
  })

  it('is asked again when it is away or busy', async () => {
    const { post, bodies } = hook([new Error('reset'), 503, 429])
    await post('x')
    expect(bodies).toHaveLength(4)
  })

  it('that refuses is not asked again, and its address stays out of the error', async () => {
    const { post, bodies } = hook([404])
    await expect(post('x')).rejects.toThrow('the webhook answered 404')
    await expect(hook([500, 500, 500, 500]).post('x')).rejects.not.toThrow('secret-path')
    expect(bodies).toHaveLength(1)
  })
})
