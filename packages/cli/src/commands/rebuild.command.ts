import {
  archiveConfig,
  archiveOf,
  config,
  nameRebuild,
  openLicensingRebuild,
  undoSwitch,
} from '@keyflow/licensing/operator-tools'
import { createLogger } from '@keyflow/runtime'
import { YES } from '../command/common-options.ts'
import { defineCommand } from '../command/define-command.ts'
import { EXIT } from '../command/exit-codes.ts'

export const command = defineCommand({
  summary: "Build licensing's database anew from the log, beside the one in force",
  description: `Folds every record from offset 0 into a new database and compares digests of licenses and keys. Sends no mail and no webhook. With --switch
it is put in force, with services running or not: they hold their partitions for some seconds, end, and come back with the new database.
An interrupted rebuild goes on with --into. Needs the settings of licensing; with --archive also ARCHIVE_URL.`,
  examples: [
    { run: 'keyflow rebuild', does: 'is the database what the log says?' },
    {
      run: 'keyflow rebuild --switch --yes',
      does: 'build and put it in force (after a loss of MongoDB, too)',
    },
    {
      run: 'keyflow rebuild --archive --into keyflow_licensing_may',
      does: 'begin with the archive; go on with a rebuild of that name',
    },
  ],
  build: (command) =>
    command
      .option('--into <database>', 'name of the new database, or of a rebuild that was interrupted')
      .option('--archive', 'begin with the archived records (ARCHIVE_URL)')
      .option('--switch', 'put it in force afterwards')
      .option('--accept-differences', 'also where the digests differ')
      .option('--undo', 'put the old database in force again after a switch that was cut off')
      .option(...YES),
  run: async (session, _, { into, archive, switch: isSwitch, acceptDifferences, undo, yes }) => {
    const settings = session.config(config)
    const logger = createLogger({ service: 'cli', level: 'silent' })
    if (undo === true) {
      await session.confirm('Put the old database in force again?', yes)
      await undoSwitch(settings)
      session.say('The old database is in force.')
      return undefined
    }
    if (isSwitch === true) await session.confirm('Build a database and put it in force?', yes)
    const progress = session.progress('folding', 'records')
    const name = into ?? nameRebuild(settings)
    const rebuild = await openLicensingRebuild(settings, logger, {
      into: name,
      signal: session.signal,
      onProgress: (records) => progress.update(records),
      ...(archive === true ? { archive: await archiveOf(session.config(archiveConfig), logger) } : {}),
    })
    try {
      const started = performance.now()
      const records = await rebuild.fold()
      const seconds = (performance.now() - started) / 1000
      progress.end()
      const compared = await rebuild.compare()
      const summary = {
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
        `${name}: ${records} records in ${summary.seconds} s, ${summary.events_per_second} events per second; ${compared.rebuilt.licenses} licenses`,
      )
      session.say(
        compared.isSame ? 'Licenses and keys are identical.' : 'Licenses DIFFER from the database in force.',
      )
      for (const id of compared.different) session.note(id)
      const mayDiffer = acceptDifferences === true || compared.live?.licenses === 0
      if (isSwitch !== true || (!compared.isSame && !mayDiffer)) {
        session.json(summary)
        return compared.isSame ? undefined : EXIT.found
      }
      const switched = await rebuild.switchOver()
      session.json({ ...summary, switched })
      session.say(`In force. ${switched.toTell} changes had not been told and will be.`)
      return undefined
    } finally {
      await rebuild.close()
    }
  },
})
