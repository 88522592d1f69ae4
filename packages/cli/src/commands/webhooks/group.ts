import type { CommandGroup } from '../../command/define-command.ts'

export const group: CommandGroup = {
  summary: 'Tell other systems what happens to licenses',
  description: `Endpoints are told every license event as a signed POST (Standard Webhooks). What they do not take is sent
again for three days; an endpoint that takes nothing for too long is disabled until somebody enables it.`,
}
