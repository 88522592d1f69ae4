import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'
import { EndpointAnswer } from '../../webhooks/endpoint-answer.ts'

export const command = defineCommand({
  summary: 'List the endpoints and how they fare',
  description:
    'Every endpoint with its state: active, off, or disabled because it failed for too long or said it is gone.',
  examples: [{ run: 'keyflow webhooks list', does: 'who is told, and who does not take it?' }],
  build: (command) => command,
  run: async (session) => {
    const { data } = await session
      .api('outbound')
      .get('/api/v1/webhook-endpoints', Type.Object({ data: Type.Array(EndpointAnswer) }))
    session.json({ data })
    session.table(
      ['ENDPOINT', 'STATE', 'MODE', 'FAILING SINCE', 'URL'],
      data.map(({ id, state, livemode, failing_since: since, url }) => [
        id,
        state,
        livemode === null ? 'both' : livemode ? 'live' : 'test',
        since ?? '-',
        url,
      ]),
    )
    return undefined
  },
})
