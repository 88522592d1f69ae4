/**
 * Options that mean the same everywhere; spread them: `command.requiredOption(...REASON)`. A command that does not
 * declare one refuses it, so that nobody believes in a dry run that is none.
 */
export const REASON = ['--reason <why>', 'why, for those who read the history later'] as const
export const YES = ['--yes', 'do it without asking; needed where there is no terminal'] as const
export const DRY_RUN = ['--dry-run', 'show what would happen and change nothing'] as const
