import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'
import { CaseLine, owedText } from './case-shapes.ts'

const Page = Type.Object({
  data: Type.Array(CaseLine),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
})

export const command = defineCommand({
  summary: 'List cases of failed payments',
  description:
    'Oldest debt first. Amounts are minor units by currency; times are by the clock of the customer.',
  examples: [
    { run: 'keyflow dunning list --status open', does: 'who owes something?' },
    { run: 'keyflow dunning list --level suspended --live', does: 'who is suspended for it?' },
  ],
  build: (command) =>
    command
      .option('--status <status>', 'open, recovered, canceled, written_off, stopped or lost')
      .option('--level <level>', 'none, downgraded or suspended')
      .option('--policy <id>', 'under this policy')
      .option('--customer <id>', 'of this customer, cus_…')
      .option('--live', 'live mode only')
      .option('--test', 'test mode only')
      .option('--limit <n>', 'most lines', '50')
      .option('--cursor <cursor>', 'go on where a page ended'),
  run: async (session, _arguments, { status, level, policy, customer, live, test, limit, cursor }) => {
    const mode = live === true ? 'live' : test === true ? 'test' : undefined
    const query = new URLSearchParams(
      Object.entries({ status, level, policy, customer, mode, limit, cursor }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as [string, string]],
      ),
    )
    const page = await session.api('dunning').get(`/api/v1/cases?${query}`, Page)
    session.json(page)
    session.table(
      ['CASE', 'STATUS', 'LEVEL', 'OWED', 'SINCE', 'NEXT'],
      page.data.map((one) => [
        one.id,
        one.status ?? '-',
        one.level,
        owedText(one.outstanding),
        one.anchor_at ?? '-',
        one.next_action_at ?? '-',
      ]),
    )
    if (page.next_cursor !== null) session.note(`More with --cursor ${page.next_cursor}`)
    return undefined
  },
})
