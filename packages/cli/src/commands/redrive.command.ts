import { Argument } from '@commander-js/extra-typings'
import { Type } from 'typebox'
import { instant, wholeNumber } from '../command/argument-types.ts'
import { DRY_RUN, REASON, YES } from '../command/common-options.ts'
import { defineCommand } from '../command/define-command.ts'

const CONSUMERS = ['licensing', 'dunning', 'notifier', 'outbound'] as const

const Report = Type.Object({
  matched: Type.Integer(),
  published: Type.Integer(),
  erased: Type.Integer(),
  unreadable: Type.Integer(),
  dry_run: Type.Boolean(),
  letters: Type.Array(
    Type.Object({ id: Type.String(), code: Type.String(), reason: Type.String(), at: Type.String() }),
  ),
})

export const command = defineCommand({
  summary: 'Publish records again that a service has given up',
  description: `The very bytes and headers go back to the topic that they came from; the service that gave them up applies them as if for the first
time, the others know them already. Do it when what was wrong is mended: what still cannot be applied is given up again. Who did it and why
stays with the letter.`,
  examples: [
    { run: 'keyflow redrive licensing --dry-run --reason look', does: 'what has licensing given up?' },
    {
      run: 'keyflow redrive licensing --code malformed_object --since 2026-11-20T00:00:00Z --reason "reader mended"',
      does: 'publish some of it again',
    },
  ],
  build: (command) =>
    command
      .addArgument(new Argument('<service>', 'who gave them up').choices(CONSUMERS))
      .option('--code <code>', 'given up with this code')
      .option('--reason-contains <text>', 'given up with a reason that contains this')
      .option('--topic <topic>', 'came from this topic')
      .option('--key <key>', 'have this key: a customer')
      .option('--since <instant>', 'given up at this time or later, ISO 8601', instant)
      .option('--until <instant>', 'given up before this time', instant)
      .option('--limit <count>', 'at most so many', wholeNumber, 500)
      .requiredOption(...REASON)
      .option(...DRY_RUN)
      .option(...YES),
  run: async (session, [service], options) => {
    const { code, reasonContains, topic, key, since, until, limit, reason, dryRun, yes } = options
    if (dryRun !== true) await session.confirm(`Publish again what ${service} has given up?`, yes)
    const filter = {
      code,
      reason_contains: reasonContains,
      topic,
      key,
      since: since?.toISOString(),
      until: until?.toISOString(),
    }
    const report = await session.api(service).send(
      'POST',
      '/api/v1/dead-letters/redrive',
      {
        filter: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)),
        limit,
        dry_run: dryRun === true,
        actor: session.actor,
        reason,
      },
      Report,
    )
    session.json(report)
    session.table(
      ['RECORD', 'CODE', 'REASON', 'AT'],
      report.letters.map((letter) => [letter.id, letter.code, letter.reason, letter.at]),
    )
    session.say(
      `${report.matched} matched, ${report.published} published, ${report.erased} of erased persons, ${report.unreadable} not readable yet`,
    )
    return undefined
  },
})
