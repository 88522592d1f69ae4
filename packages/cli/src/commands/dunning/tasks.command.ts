import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'
import { Task } from './task-shapes.ts'

const Page = Type.Object({
  data: Type.Array(Task),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
})

export const command = defineCommand({
  summary: 'List what waits for a person, oldest first',
  description:
    'A restriction that no mail could announce, a step of a policy that is a task: Keyflow goes no further by itself. A task closes when its case no longer asks for it, or with keyflow dunning done.',
  examples: [
    { run: 'keyflow dunning tasks', does: 'what is there to do?' },
    {
      run: 'keyflow dunning tasks --closed --case sub_1Mow',
      does: 'what was done about this case, and by whom?',
    },
  ],
  build: (command) =>
    command
      .option('--closed', 'those that are done, or no longer asked for')
      .option('--case <id>', 'id of a case')
      .option('--limit <n>', 'most lines', '50')
      .option('--cursor <cursor>', 'go on where a page ended'),
  run: async (session, _arguments, { closed, case: of, limit, cursor }) => {
    const query = new URLSearchParams({
      state: closed === true ? 'closed' : 'open',
      limit,
      ...(of === undefined ? {} : { case: of }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    const page = await session.api('dunning').get(`/api/v1/tasks?${query}`, Page)
    session.json(page)
    session.table(
      ['TASK', 'KIND', 'WHAT', 'SINCE', 'DONE BY', 'BECAUSE'],
      page.data.map(({ id, kind, title, opened_at, closed_by }) => [
        id,
        kind,
        title,
        opened_at,
        closed_by?.actor ?? '',
        closed_by?.reason ?? '',
      ]),
    )
    if (page.next_cursor !== null) session.note(`More with --cursor ${page.next_cursor}`)
    return undefined
  },
})
