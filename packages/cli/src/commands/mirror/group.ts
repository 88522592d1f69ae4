import type { CommandGroup } from '../../command/define-command.ts'

export const group: CommandGroup = {
  summary: 'Licenses on an outside license server',
  description:
    'Keyflow can keep an outside license server equal to its own licenses (MIRROR_KIND of the outbound service).',
}
