import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { EndpointWithSecret } from '../../webhooks/endpoint-answer.ts'

export const command = defineCommand({
  summary: 'Add an endpoint',
  description: `Tells license events to a URL from now on. Prints the secret with which the receiver verifies them: this once, Keyflow
does not show it again. Addresses in private networks are refused at every attempt, unless OUTBOUND_ALLOWED_NETWORKS names them.`,
  examples: [
    { run: 'keyflow webhooks add https://example.com/hooks --reason "CRM"', does: 'all events, both modes' },
    {
      run: 'keyflow webhooks add https://example.com/hooks --events license.issued license.revoked --live --reason "CRM"',
      does: 'two kinds, of live mode',
    },
  ],
  build: (command) =>
    command
      .argument('<url>')
      .option('--events <types...>', 'types of events; default: all')
      .option('--live', 'live mode only')
      .option('--test', 'test mode only')
      .option('--description <text>', 'for people')
      .requiredOption(...REASON),
  run: async (session, [url], { events, live, test, description, reason }) => {
    const made = await session.api('outbound').send(
      'POST',
      '/api/v1/webhook-endpoints',
      {
        url,
        ...(events === undefined ? {} : { event_types: events }),
        ...(live === test ? {} : { livemode: live === true }),
        ...(description === undefined ? {} : { description }),
        actor: session.actor,
        reason,
      },
      EndpointWithSecret,
    )
    session.json(made)
    session.table(['ENDPOINT', 'SECRET'], [[made.id, made.secret]])
    session.note('Give the secret to the receiver now: it is not shown again.')
    return undefined
  },
})
