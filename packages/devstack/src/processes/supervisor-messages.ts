/** What the owner asks of its supervisor. `id` names one child for the supervisor's lifetime. */
export type SupervisorRequest =
  | {
      readonly do: 'spawn'
      readonly id: number
      readonly command: string
      readonly args: readonly string[]
      readonly env: Readonly<Record<string, string>>
      readonly cwd: string
      readonly logFile: string
    }
  | { readonly do: 'kill'; readonly id: number; readonly signal: NodeJS.Signals }
  /** Remove this directory when the owner is gone (and its children with it). */
  | { readonly do: 'remove-at-end'; readonly directory: string }

export type SupervisorReport =
  | { readonly is: 'spawned'; readonly id: number; readonly pid: number }
  | { readonly is: 'failed'; readonly id: number; readonly reason: string }
  | {
      readonly is: 'exited'
      readonly id: number
      readonly code: number | null
      readonly signal: string | null
    }
