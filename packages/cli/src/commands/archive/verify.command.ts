import { archiveConfig, verifyNow } from '@keyflow/licensing/operator-tools'
import { createLogger } from '@keyflow/runtime'
import { defineCommand } from '../../command/define-command.ts'

export const command = defineCommand({
  summary: 'Read the whole archive and check digests, counts and gaps',
  description:
    'Reads every segment. Says which one is damaged, and whether the archive still reaches to where the topics begin.',
  examples: [{ run: 'ARCHIVE_URL=/mnt/archive keyflow archive verify', does: 'could we rebuild from it?' }],
  build: (command) => command,
  run: async (session) => {
    const settings = session.config(archiveConfig)
    const logger = createLogger({ service: 'cli', level: 'silent' })
    const progress = session.progress('reading', 'records')
    const report = await verifyNow(settings, logger, (records) => progress.update(records))
    progress.end()
    session.json(report)
    session.table(
      ['TOPIC', 'RECORDS', 'SEGMENTS', 'STILL IN THE TOPIC'],
      report.topics.map((one) => [one.topic, String(one.records), String(one.segments), one.overlap]),
    )
    return undefined
  },
})
