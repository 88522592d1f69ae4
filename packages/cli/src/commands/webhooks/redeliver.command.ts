import { Type } from 'typebox'
import { CliError } from '../../command/cli-error.ts'
import { defineCommand } from '../../command/define-command.ts'
import { EXIT } from '../../command/exit-codes.ts'
import { endpointPath } from '../../webhooks/endpoint-answer.ts'

const Answer = Type.Object({ redelivered: Type.Integer() })

export const command = defineCommand({
  summary: 'Send deliveries again',
  description: `One delivery by its id, or with --since all of an endpoint that were not taken since then (with --all, those that were taken
too). The event keeps its webhook-id, so a receiver that has it already can drop it.`,
  examples: [
    { run: 'keyflow webhooks redeliver we_…/7b1c2c6e-…:3', does: 'one of them' },
    { run: 'keyflow webhooks redeliver we_… --since 2026-11-24T00:00:00Z', does: 'all that it missed' },
  ],
  build: (command) =>
    command
      .argument('<delivery-or-endpoint>')
      .option('--since <instant>', 'all of an endpoint since this instant, ISO 8601')
      .option('--all', 'also what was taken'),
  run: async (session, [id], { since, all }) => {
    if (since === undefined && !id.includes('/'))
      throw new CliError('That is an endpoint: say since when.', {
        exitCode: EXIT.usage,
        fix: 'Add --since.',
      })
    const api = session.api('outbound')
    const answer = await (since === undefined
      ? api.send('POST', '/api/v1/webhook-deliveries/redeliver', { id }, Answer)
      : api.send('POST', endpointPath(id, '/redeliver'), { since, all: all === true }, Answer))
    session.json(answer)
    session.say(`${answer.redelivered} on their way.`)
    return undefined
  },
})
