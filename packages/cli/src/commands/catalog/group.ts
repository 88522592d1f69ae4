import type { CommandGroup } from '../../command/define-command.ts'

export const group: CommandGroup = {
  summary: 'What prices sell: check it, look ahead, apply, roll back',
  description: `The catalog says what a Stripe price sells. Its versions are kept for ever; a license remembers the one that
it was sold under.

The safe way to change it: \`keyflow catalog show > catalog.yaml\`, edit the file, \`lint\`, \`preview\`, \`apply\`.`,
}
