import { lintPolicyText } from '@keyflow/dunning/policies'
import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'
import { EXIT } from '../../command/exit-codes.ts'
import { policyText, sayFindings } from './policy-text.ts'

const Text = Type.Union([Type.String(), Type.Null()])
const Simulation = Type.Object({
  customers: Type.Integer(),
  cases: Type.Integer(),
  counts: Type.Record(Type.String(), Type.Integer()),
  mails_per_day: Type.Object({ most: Type.Integer(), on: Text }),
  acts: Type.Array(
    Type.Object({ case: Type.String(), at: Type.String(), what: Type.String(), detail: Text }),
  ),
  truncated: Type.Boolean(),
})

export const command = defineCommand({
  summary: 'Play recorded failures again under a policy',
  description: `Says who would have been mailed, downgraded or suspended, and when, if the policies of a file (or those that hold now) had
been followed from the beginning: every mail accepted, nobody deciding anything by hand. Changes nothing.`,
  examples: [
    {
      run: 'keyflow dunning simulate --policy stricter.yaml --since 2026-01-01T00:00:00Z',
      does: 'who would be hit?',
    },
    { run: 'keyflow dunning simulate --acts 0', does: 'only the counts, under the policies of now' },
  ],
  build: (command) =>
    command
      .option('--policy <file>', 'YAML file of policies; default: those that hold now')
      .option('--since <instant>', 'leave out what would have happened before, ISO 8601')
      .option('--until <instant>', 'play open cases up to this instant, ISO 8601')
      .option('--live', 'live mode only')
      .option('--test', 'test mode only')
      .option('--acts <n>', 'most acts that are listed', '50'),
  run: async (session, _arguments, { policy, since, until, live, test, acts }) => {
    const mode = live === true ? 'live' : test === true ? 'test' : undefined
    const policies = policy === undefined ? undefined : policyText(policy)
    if (policy !== undefined && policies !== undefined) {
      const linted = lintPolicyText(policies)
      if (linted.policies === null) {
        session.json({ ok: false, findings: linted.findings })
        sayFindings(session, policy, linted.findings)
        return EXIT.found
      }
    }
    const result = await session.api('dunning').send(
      'POST',
      '/api/v1/simulate',
      {
        ...(policies === undefined ? {} : { policies }),
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
        ...(mode === undefined ? {} : { mode }),
        limit: Number(acts),
      },
      Simulation,
    )
    session.json(result)
    session.say(`${result.customers} customers, ${result.cases} cases`)
    session.table(
      ['WHAT', 'COUNT'],
      Object.entries(result.counts)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([what, count]) => [what, String(count)]),
    )
    if (result.mails_per_day.on !== null)
      session.say(`most mails in a day: ${result.mails_per_day.most} on ${result.mails_per_day.on}`)
    if (result.acts.length > 0) {
      session.say()
      session.table(
        ['WHEN', 'CASE', 'WHAT', ''],
        result.acts.map(({ at, case: id, what, detail }) => [at, id, what, detail ?? '']),
      )
    }
    if (result.truncated) session.note('There are more; see --acts.')
    return undefined
  },
})
