import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'
import { endpointPath } from '../../webhooks/endpoint-answer.ts'

const NullableText = Type.Union([Type.String(), Type.Null()])
const Deliveries = Type.Object({
  data: Type.Array(
    Type.Object({
      id: Type.String(),
      type: Type.String(),
      state: Type.String(),
      note: NullableText,
      next_attempt_at: NullableText,
      attempts: Type.Array(
        Type.Object({
          at: Type.String(),
          duration_ms: Type.Integer(),
          result: Type.String(),
          status: Type.Union([Type.Integer(), Type.Null()]),
        }),
      ),
    }),
  ),
})

export const command = defineCommand({
  summary: 'Show what was sent to an endpoint and what came of it',
  description: `The newest deliveries with their attempts: status, duration, kind of failure, and when it is tried next. The id is what
redeliver takes. Kept for 30 days.`,
  examples: [
    { run: 'keyflow webhooks deliveries we_…', does: 'the newest 50' },
    { run: 'keyflow webhooks deliveries we_… --state failed', does: 'what it never took' },
  ],
  build: (command) =>
    command
      .argument('<endpoint>')
      .option('--state <state>', 'pending, delivered or failed')
      .option('--limit <number>', 'at most 200', '50'),
  run: async (session, [id], { state, limit }) => {
    const query = new URLSearchParams({ limit, ...(state === undefined ? {} : { state }) })
    const { data } = await session.api('outbound').get(endpointPath(id, `/deliveries?${query}`), Deliveries)
    session.json({ data })
    session.table(
      ['DELIVERY', 'TYPE', 'STATE', 'TRIES', 'LAST', 'NEXT'],
      data.map((one) => {
        const last = one.attempts.at(-1)
        return [
          one.id,
          one.type,
          one.note === null ? one.state : `${one.state} (${one.note})`,
          String(one.attempts.length),
          last === undefined ? '-' : `${last.result} ${last.status ?? ''} ${last.duration_ms} ms`,
          one.next_attempt_at ?? '-',
        ]
      }),
    )
    return undefined
  },
})
