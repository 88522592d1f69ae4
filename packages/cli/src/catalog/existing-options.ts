import { type Command, Option, type OptionValues } from '@commander-js/extra-typings'
import type { ExistingLicenses } from '@keyflow/contracts'

/** Adds what happens to licenses that were sold before; what is not said is as the file says. */
export const withExisting = <A extends unknown[], O extends OptionValues>(command: Command<A, O>) =>
  command
    .addOption(
      new Option('--prices <what>', 'licenses whose price now means something else').choices([
        'keep',
        'follow',
      ] as const),
    )
    .addOption(
      new Option('--tiers <what>', 'licenses whose tier now grants something else').choices([
        'keep',
        'follow',
      ] as const),
    )

type Given = {
  readonly prices?: 'keep' | 'follow' | undefined
  readonly tiers?: 'keep' | 'follow' | undefined
}

/** For a request; `{}` when nothing was said. */
export const existingFrom = (
  { prices, tiers }: Given,
  file: ExistingLicenses = {},
): { existing_licenses?: ExistingLicenses } =>
  prices === undefined && tiers === undefined
    ? {}
    : {
        existing_licenses: {
          ...file,
          ...(prices === undefined ? {} : { prices }),
          ...(tiers === undefined ? {} : { tiers }),
        },
      }
