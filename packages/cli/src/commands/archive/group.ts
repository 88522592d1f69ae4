import type { CommandGroup } from '../../command/define-command.ts'

export const group: CommandGroup = {
  summary: 'The log beyond what its topics keep',
  description: `Topics keep Stripe's events for 35 days. An archive keeps them as long as you like, in a folder or an S3-compatible store (ARCHIVE_URL), so
that licenses can be rebuilt from the very beginning: docs/operating/rebuild.md.`,
}
