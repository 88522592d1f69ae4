import { Option } from '@commander-js/extra-typings'
import {
  config,
  RECONCILE_LAYERS,
  type ReconcileLayer,
  runReconcile,
  unaccounted,
} from '@keyflow/licensing/operator-tools'
import { createLogger } from '@keyflow/runtime'
import { wholeNumberOrZero } from '../command/argument-types.ts'
import { DRY_RUN, YES } from '../command/common-options.ts'
import { defineCommand } from '../command/define-command.ts'
import { EXIT } from '../command/exit-codes.ts'

const SHOWN = 20

export const command = defineCommand({
  summary: 'Compare Stripe with the log and the licenses, and append what is missing',
  description: `Three layers, each deeper than the one before: events that Stripe could not deliver; every event that it lists of thirty days, by id;
its subscriptions, purchases, refunds and disputes as they are now. Repairs only by appending to the log: licenses follow as ever. Complimentary
and imported licenses are left alone. Needs the settings of licensing (STRIPE_API_KEY, KAFKA_BROKERS, MONGODB_URL, …).`,
  examples: [
    { run: 'keyflow reconcile --dry-run', does: 'what is missing?' },
    { run: 'keyflow reconcile --yes', does: 'repair it' },
    {
      run: 'keyflow reconcile --layer objects --dry-run --json | jq .drift',
      does: 'licenses against subscriptions, for a script',
    },
  ],
  build: (command) =>
    command
      .addOption(
        new Option('--layer <name...>', 'only these')
          .choices(RECONCILE_LAYERS)
          .default([...RECONCILE_LAYERS]),
      )
      .option('--full', 'all thirty days again, not only what came since the last pass')
      .option(
        '--min-age <seconds>',
        'leave younger things alone: they may still arrive',
        wholeNumberOrZero,
        600,
      )
      .option(...DRY_RUN)
      .option(...YES),
  run: async (session, _, { layer, full, minAge, dryRun, yes }) => {
    if (dryRun !== true) await session.confirm('Append to the log what is missing?', yes)
    const progress = session.progress('comparing', 'pages')
    let pages = 0
    const report = await runReconcile(
      session.config(config),
      createLogger({ service: 'cli', level: 'silent' }),
      {
        layers: layer as ReconcileLayer[],
        dryRun: dryRun === true,
        isFull: full === true,
        minAgeSeconds: minAge,
        signal: session.signal,
        onProgress: () => {
          pages += 1
          progress.update(pages)
        },
      },
    )
    progress.end()
    session.json({ ...report, unaccounted: unaccounted(report) })
    session.table(
      ['DIFFERENCE', 'DIRECTION', 'COUNT', 'OLDEST (s)'],
      report.drift.map((d) => [d.class, d.direction, String(d.count), String(d.oldestSeconds)]),
    )
    for (const { class: kind, direction, subject, license } of report.findings.slice(0, SHOWN))
      session.note(`${kind} ${direction} ${subject}${license === null ? '' : ` ${license}`}`)
    const { listed, appended, events } = report
    session.say(
      `Stripe lists ${listed.undelivered + listed.events} events (${listed.undelivered} of them as undelivered) = ${events.folded} folded + ${events.dead} given up + ${events.unhandled} of no interest + ${events.young} too young to say + ${events.repaired} listed twice + ${events.missing} missing${unaccounted(report) === 0 ? '' : ` + ${unaccounted(report)} UNACCOUNTED FOR`}.`,
    )
    session.say(
      `${listed.objects} objects compared; ${appended.events} events and ${appended.snapshots} snapshots appended to the log.`,
    )
    if (events.dead > 0) session.note(`See \`keyflow redrive licensing --dry-run --reason look\`.`)
    return report.drift.length > 0 && dryRun === true ? EXIT.found : undefined
  },
})
