import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'
import { EXIT } from '../../command/exit-codes.ts'

const Line = Type.Union([
  Type.Object({
    kind: Type.Literal('drift'),
    license: Type.String(),
    drift: Type.String(),
    fields: Type.Array(Type.String()),
  }),
  Type.Object({ kind: Type.Literal('progress'), checked: Type.Integer(), total: Type.Integer() }),
  Type.Object({
    kind: Type.Literal('done'),
    checked: Type.Integer(),
    drifted: Type.Integer(),
    repaired: Type.Integer(),
  }),
])

export const command = defineCommand({
  summary: 'Find licenses that differ on the outside license server',
  description: `Asks the outside server for every license and names what is missing there, differs, or is still on its way. With --repair it is
brought there again. Exit code 3 when something differs.`,
  examples: [
    { run: 'keyflow mirror check', does: 'what differs?' },
    { run: 'keyflow mirror check --repair', does: 'and put it right' },
  ],
  build: (command) => command.option('--repair', 'bring there again what differs'),
  run: async (session, _args, { repair }) => {
    const progress = session.progress('checking', 'licenses')
    const drifts: { license: string; drift: string; fields: string[] }[] = []
    let done = { checked: 0, drifted: 0, repaired: 0 }
    const body = { repair: repair === true }
    for await (const line of session.api('outbound').lines('POST', '/api/v1/mirror/check', body, Line)) {
      if (line.kind === 'progress') progress.update(line.checked, line.total)
      if (line.kind === 'drift') drifts.push(line)
      if (line.kind === 'done') done = line
    }
    progress.end()
    const { checked, drifted, repaired } = done
    session.json({ checked, drifted, repaired, drifts })
    session.table(
      ['LICENSE', 'DRIFT', 'FIELDS'],
      drifts.map(({ license, drift, fields }) => [license, drift, fields.join(', ')]),
    )
    session.say(`${checked} licenses checked, ${drifted} differ, ${repaired} are brought there again.`)
    return drifted === 0 ? undefined : EXIT.found
  },
})
