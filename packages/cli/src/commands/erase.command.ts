import { Type } from 'typebox'
import { DRY_RUN, REASON, YES } from '../command/common-options.ts'
import { defineCommand } from '../command/define-command.ts'

const Erasure = Type.Object({
  erasure_id: Type.String(),
  state: Type.Union([Type.Literal('dry_run'), Type.Literal('erased'), Type.Literal('accepted')]),
  subjects: Type.Array(Type.String()),
  contacts: Type.Integer(),
})

export const command = defineCommand({
  summary: 'Erase the personal data of a customer',
  description: `Drops the key under which names and addresses of a customer are kept, in every service and in the log: nothing that was
stored or published can be read again, in backups neither, and a rebuild stays erased. It cannot be taken back. Licenses go on; mails no longer
reach the customer. The topics with Stripe's own payloads are not touched: what stays in them, and until when, is in docs/operating/erasure.md.`,
  examples: [
    {
      run: 'keyflow erase cus_NffrFeUfNV2Hib --dry-run --reason "request 4711"',
      does: 'what would be erased?',
    },
    { run: 'keyflow erase cus_NffrFeUfNV2Hib --reason "request 4711"', does: 'erase it' },
    {
      run: 'keyflow erase cs_test_a1b2 --test --reason "request 4712" --yes',
      does: "a guest's purchase in test mode",
    },
  ],
  build: (command) =>
    command
      .argument('<id>', 'Stripe id of the customer; of a guest, of the checkout session')
      .option('--test', 'the customer is in test mode')
      .option('--account <id>', 'connected account, acct_…; default: the platform')
      .requiredOption(...REASON)
      .option(...DRY_RUN)
      .option(...YES),
  run: async (session, [id], { test, account, reason, dryRun, yes }) => {
    if (dryRun !== true) await session.confirm(`Erase ${id} for good?`, yes)
    const result = await session.api('notifier').send(
      'POST',
      '/api/v1/erasures',
      {
        id,
        livemode: test !== true,
        ...(account === undefined ? {} : { account }),
        actor: session.actor,
        reason,
        dry_run: dryRun === true,
      },
      Erasure,
    )
    session.json(result)
    session.table(
      ['SUBJECT', 'STATE'],
      result.subjects.map((subject) => [subject, result.state]),
    )
    session.say(`${result.contacts} contact(s), ${result.erasure_id}`)
    if (result.state === 'accepted')
      session.note('It is in the log and will be applied; the notifier is behind.')
    return undefined
  },
})
