import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { EndpointAnswer, endpointPath } from '../../webhooks/endpoint-answer.ts'

export const command = defineCommand({
  summary: 'Send to an endpoint again',
  description:
    'Also ends what Keyflow itself decided: an endpoint that failed for too long starts afresh. What it missed is not sent by itself: see redeliver.',
  examples: [{ run: 'keyflow webhooks enable we_… --reason "ticket 12"', does: 'enable it' }],
  build: (command) => command.argument('<endpoint>').requiredOption(...REASON),
  run: async (session, [id], { reason }) => {
    const body = { enabled: true, actor: session.actor, reason }
    const endpoint = await session.api('outbound').send('PATCH', endpointPath(id), body, EndpointAnswer)
    session.json(endpoint)
    session.table(['ENDPOINT', 'STATE'], [[endpoint.id, endpoint.state]])
    return undefined
  },
})
