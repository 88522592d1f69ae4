import { archiveConfig, archiveNow } from '@keyflow/licensing/operator-tools'
import { createLogger } from '@keyflow/runtime'
import { defineCommand } from '../../command/define-command.ts'

export const command = defineCommand({
  summary: 'Archive what the topics hold and the archive lacks',
  description:
    'Run it once a day, from one place. It goes on where it stopped, and says so when retention was faster.',
  examples: [{ run: 'ARCHIVE_URL=/mnt/archive keyflow archive run', does: 'add what is new' }],
  build: (command) => command,
  run: async (session) => {
    const settings = session.config(archiveConfig)
    const logger = createLogger({ service: 'cli', level: 'silent' })
    const progress = session.progress('reading', 'records')
    const report = await archiveNow(settings, logger, (records) => progress.update(records), session.signal)
    progress.end()
    session.json(report)
    session.table(
      ['TOPIC', 'RECORDS', 'SEGMENTS', 'STILL IN THE TOPIC'],
      report.topics.map((one) => [one.topic, String(one.records), String(one.segments), one.overlap]),
    )
    return undefined
  },
})
