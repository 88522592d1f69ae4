import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'
import { endpointPath } from '../../webhooks/endpoint-answer.ts'

export const command = defineCommand({
  summary: 'Send a test event to an endpoint',
  description:
    'An event of type webhook.test, signed and delivered like any other; look at what came of it with deliveries.',
  examples: [{ run: 'keyflow webhooks ping we_…', does: 'does it answer?' }],
  build: (command) => command.argument('<endpoint>'),
  run: async (session, [id]) => {
    const answer = Type.Object({ event: Type.String() })
    const sent = await session.api('outbound').send('POST', endpointPath(id, '/test'), {}, answer)
    session.json(sent)
    session.say(`${sent.event} is on its way.`)
    return undefined
  },
})
