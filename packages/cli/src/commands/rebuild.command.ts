import { Option } from '@commander-js/extra-typings'
import { createLogger, nameRebuild, undoSwitch } from '@keyflow/runtime'
import { YES } from '../command/common-options.ts'
import { defineCommand } from '../command/define-command.ts'
import { EXIT } from '../command/exit-codes.ts'
import { REBUILT, rebuildTarget } from '../rebuild/rebuild-target.ts'

export const command = defineCommand({
  summary: 'Build the database of licensing or dunning anew from the log, beside the one in force',
  description: `Folds every record from offset 0 into a new database and compares digests. Sends no mail and no webhook. With --switch
it is put in force, with services running or not: they hold their partitions for some seconds, end, and come back with the new database.
An interrupted rebuild goes on with --into. Needs the settings of the service; with --archive also ARCHIVE_URL. The notifier and outbound
have \`keyflow start-over\`.`,
  examples: [
    { run: 'keyflow rebuild', does: 'is the database of licensing what the log says?' },
    {
      run: 'keyflow rebuild --switch --yes',
      does: 'build and put it in force (after a loss of MongoDB, too)',
    },
    { run: 'keyflow rebuild --service dunning --switch', does: 'the same for dunning' },
    {
      run: 'keyflow rebuild --archive --into keyflow_licensing_may',
      does: 'begin with the archive; go on with a rebuild of that name',
    },
  ],
  build: (command) =>
    command
      .addOption(
        new Option('--service <name>', 'whose database').choices(REBUILT).default('licensing' as const),
      )
      .option('--into <database>', 'name of the new database, or of a rebuild that was interrupted')
      .option('--archive', 'begin with the archived records (ARCHIVE_URL)')
      .option('--switch', 'put it in force afterwards')
      .option('--accept-differences', 'also where the digests differ')
      .option('--undo', 'put the old database in force again after a switch that was cut off')
      .option(...YES),
  run: async (session, _, { service, into, archive, switch: isSwitch, acceptDifferences, undo, yes }) => {
    const logger = createLogger({ service: 'cli', level: 'silent' })
    const target = rebuildTarget(service, session, logger)
    if (undo === true) {
      await session.confirm('Put the old database in force again?', yes)
      await undoSwitch(target.settings)
      session.json({ service, undone: true })
      session.say('The old database is in force.')
      return undefined
    }
    if (isSwitch === true) await session.confirm('Build a database and put it in force?', yes)
    const progress = session.progress('folding', 'records')
    const name = into ?? nameRebuild(target.settings)
    const rebuild = await target.open({
      into: name,
      signal: session.signal,
      onProgress: (records) => progress.update(records),
      ...(archive === true ? { archive: await target.openArchive() } : {}),
    })
    try {
      const started = performance.now()
      const records = await rebuild.fold()
      const seconds = (performance.now() - started) / 1000
      progress.end()
      const compared = await rebuild.compare()
      const summary = {
        service,
        database: name,
        records,
        seconds: Math.round(seconds * 10) / 10,
        events_per_second: Math.round(records / seconds),
        same: compared.isSame,
        live: compared.live,
        rebuilt: compared.rebuilt,
        different: compared.different,
      }
      session.say(
        `${name}: ${records} records in ${summary.seconds} s, ${summary.events_per_second} events per second; ${compared.counts.rebuilt} ${target.unit}`,
      )
      session.say(
        compared.isSame
          ? `${target.what} are identical.`
          : `${target.what} DIFFER from those of the database in force.`,
      )
      for (const id of compared.different) session.note(id)
      const mayDiffer = acceptDifferences === true || compared.counts.live === 0
      if (isSwitch !== true || (!compared.isSame && !mayDiffer)) {
        session.json(summary)
        return compared.isSame ? undefined : EXIT.found
      }
      const { json: switched, says } = await rebuild.switchOver()
      session.json({ ...summary, switched })
      session.say(`In force. ${says}`)
      return undefined
    } finally {
      await rebuild.close()
    }
  },
})
