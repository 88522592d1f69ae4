import { createInterface } from 'node:readline/promises'
import { CliError } from '../command/cli-error.ts'
import { EXIT } from '../command/exit-codes.ts'
import type { World } from './terminal.ts'

/** Asks before something that cannot be taken back. Throws unless the person says yes, or said `--yes`. */
export const confirm = async (
  world: World,
  question: string,
  saidYes: boolean | undefined,
): Promise<void> => {
  if (saidYes === true) return
  if (world.stdin.isTTY !== true)
    throw new CliError(`${question} Nobody is there to ask.`, {
      exitCode: EXIT.usage,
      fix: 'Add --yes to do it without asking.',
    })
  const asking = createInterface({ input: world.stdin, output: world.stderr })
  try {
    const answer = await asking.question(`${question} [y/N] `, { signal: world.signal })
    if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('Nothing was changed.')
  } finally {
    asking.close()
  }
}
