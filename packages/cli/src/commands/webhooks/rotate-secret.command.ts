import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { EndpointWithSecret, endpointPath } from '../../webhooks/endpoint-answer.ts'

export const command = defineCommand({
  summary: 'Give an endpoint a new signing secret',
  description: `Prints the new secret, this once. The old one signs beside it for some hours, so that the receiver can change over when it
likes; --overlap 0 ends it at once, for a secret that leaked.`,
  examples: [
    { run: 'keyflow webhooks rotate-secret we_… --reason "yearly"', does: 'both sign for 24 hours' },
    {
      run: 'keyflow webhooks rotate-secret we_… --overlap 0 --reason "leaked"',
      does: 'the old one is worth nothing',
    },
  ],
  build: (command) =>
    command
      .argument('<endpoint>')
      .option('--overlap <hours>', 'for how long the old secret signs as well, at most 168', '24')
      .requiredOption(...REASON),
  run: async (session, [id], { overlap, reason }) => {
    const body = { overlap_hours: Number(overlap), actor: session.actor, reason }
    const rotated = await session
      .api('outbound')
      .send('POST', endpointPath(id, '/rotate-secret'), body, EndpointWithSecret)
    session.json(rotated)
    session.table(['ENDPOINT', 'SECRET'], [[rotated.id, rotated.secret]])
    return undefined
  },
})
