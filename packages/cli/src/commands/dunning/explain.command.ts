import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'
import { casePath } from './case-shapes.ts'

const Explanation = Type.Object({
  id: Type.String(),
  now: Type.String(),
  why: Type.Array(Type.String()),
  next: Type.Union([
    Type.Object({ step: Type.String(), at: Type.String(), does: Type.String() }),
    Type.Null(),
  ]),
  stopped_by: Type.Array(Type.String()),
})

export const command = defineCommand({
  summary: 'Say why a case is as it is, what comes next, when, and what would stop it',
  description: 'Made from the plan at this moment, which mails and steps follow as well. Changes nothing.',
  examples: [{ run: 'keyflow dunning explain sub_1MowQVLkdIwHu7ix', does: 'why was the mail not sent yet?' }],
  build: (command) => command.argument('<case>', 'id of a case or of its subscription'),
  run: async (session, [id]) => {
    const found = await session.api('dunning').get(casePath(id, '/explain'), Explanation)
    session.json(found)
    for (const line of found.why) session.say(line)
    session.say(
      found.next === null
        ? 'Nothing more is to come.'
        : `Next: ${found.next.step} at ${found.next.at}: ${found.next.does}.`,
    )
    if (found.stopped_by.length > 0) session.say(`It would be stopped by: ${found.stopped_by.join(', ')}.`)
    return undefined
  },
})
