import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { EndpointAnswer, endpointPath } from '../../webhooks/endpoint-answer.ts'

export const command = defineCommand({
  summary: 'Send nothing more to an endpoint',
  description: 'What waits for it is put by for 30 days and can be redelivered later.',
  examples: [{ run: 'keyflow webhooks disable we_… --reason "ticket 12"', does: 'disable it' }],
  build: (command) => command.argument('<endpoint>').requiredOption(...REASON),
  run: async (session, [id], { reason }) => {
    const body = { enabled: false, actor: session.actor, reason }
    const endpoint = await session.api('outbound').send('PATCH', endpointPath(id), body, EndpointAnswer)
    session.json(endpoint)
    session.table(['ENDPOINT', 'STATE'], [[endpoint.id, endpoint.state]])
    return undefined
  },
})
