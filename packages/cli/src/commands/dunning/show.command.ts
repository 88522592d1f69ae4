import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'
import { casePath, owedText, showSteps, WholeCase } from './case-shapes.ts'

const Found = Type.Object({ data: Type.Array(WholeCase) })

export const command = defineCommand({
  summary: 'Show a case with its timeline, mails and decisions',
  description:
    'Dates come from the one plan by which mails are written and steps are taken. Changes nothing.',
  examples: [{ run: 'keyflow dunning show sub_1MowQVLkdIwHu7ix', does: 'the case of this subscription' }],
  build: (command) => command.argument('<case>', 'id of a case or of its subscription'),
  run: async (session, [id]) => {
    const found = await session.api('dunning').get(casePath(id), Found)
    session.json(found)
    for (const one of found.data) {
      session.say(`${one.id}: ${one.status ?? 'unknown'}, license ${one.level}, policy ${one.policy ?? '-'}`)
      session.say(
        `owed ${owedText(one.outstanding) || 'nothing'}; now ${one.now}${one.test_clock === null ? '' : ` on ${one.test_clock}`}`,
      )
      showSteps(session, one.steps)
      if (one.decisions.length > 0)
        session.table(
          ['DECISION', 'WHAT', 'WHEN', 'WHO', 'WHY'],
          one.decisions.map(({ id: decision, kind, at, actor, reason }) => [
            decision,
            kind,
            at ?? '-',
            actor,
            reason,
          ]),
        )
    }
    return undefined
  },
})
