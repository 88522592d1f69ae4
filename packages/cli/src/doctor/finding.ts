export type Verdict = 'ok' | 'warning' | 'problem' | 'skipped'

/** What one look at the installation found. */
export interface Finding {
  /** Stable, for scripts: `stripe.endpoint.events`. */
  readonly check: string
  readonly verdict: Verdict
  readonly what: string
  /** One line: what to do about it; null when there is nothing to do. */
  readonly fix: string | null
}

export const ok = (check: string, what: string): Finding => ({ check, verdict: 'ok', what, fix: null })
export const skipped = (check: string, what: string, fix: string): Finding => ({
  check,
  verdict: 'skipped',
  what,
  fix,
})
export const warning = (check: string, what: string, fix: string): Finding => ({
  check,
  verdict: 'warning',
  what,
  fix,
})
export const problem = (check: string, what: string, fix: string): Finding => ({
  check,
  verdict: 'problem',
  what,
  fix,
})
