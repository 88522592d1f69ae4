import type { ValidationCode } from './codes.ts'
import type { ActivationStanding, JudgedLicense, Question } from './judged-license.ts'
import { normalizeDomain } from './normalize-domain.ts'

/** What the activations say: a code that refuses, or null. */
export interface Finding {
  readonly code: ValidationCode | null
  readonly activation: { readonly limit: number; readonly used: number; readonly rank: number } | null
  /** Beyond the limit, and allowed to be. */
  readonly isOver: boolean
}

const FINE: Finding = { code: null, activation: null, isOver: false }
const refused = (code: ValidationCode): Finding => ({ ...FINE, code })

/**
 * Scopes, then activation, then signs of life, then limits. The domain is looked at before the machine, and each step for
 * both before the next. `at`: unix seconds.
 */
export const checkActivations = (license: JudgedLicense, question: Question, at: number): Finding => {
  const scope = scopeProblem(license, question)
  if (scope !== null) return refused(scope)
  const asked = [
    question.domain === undefined ? null : license.domain,
    question.fingerprint === undefined ? null : license.machine,
  ].filter((standing) => standing !== null)
  const lifeless = asked.map((standing) => lifeProblem(standing, at)).find((problem) => problem !== null)
  if (lifeless !== undefined) return refused(lifeless)
  return asked.map(limitProblem).find((finding) => finding.code !== null || finding.isOver) ?? FINE
}

const scopeProblem = (license: JudgedLicense, question: Question): ValidationCode | null => {
  const { domain, fingerprint } = question
  const host = domain === undefined ? undefined : (normalizeDomain(domain) ?? '')
  return (
    scopeOf('DOMAIN', host, license.binding === 'domain', license.domain) ??
    scopeOf('FINGERPRINT', fingerprint?.trim(), license.binding === 'fingerprint', license.machine) ??
    (isUnplaced(host, license.domain) || isUnplaced(fingerprint, license.machine) ? 'NO_ACTIVATION' : null)
  )
}

const scopeOf = (
  scope: 'DOMAIN' | 'FINGERPRINT',
  asked: string | undefined,
  isRequired: boolean,
  standing: ActivationStanding | null,
): ValidationCode | null => {
  if (asked === undefined) return isRequired ? `${scope}_SCOPE_REQUIRED` : null
  if (asked === '') return `${scope}_SCOPE_EMPTY`
  return standing !== null && standing.rank === null && standing.used > 0 ? `${scope}_SCOPE_MISMATCH` : null
}

const isUnplaced = (asked: string | undefined, standing: ActivationStanding | null): boolean =>
  asked !== undefined && standing !== null && standing.rank === null

const lifeProblem = ({ heartbeat }: ActivationStanding, at: number): ValidationCode | null => {
  if (heartbeat === null) return null
  if (heartbeat.lastAt === null) return 'HEARTBEAT_NOT_STARTED'
  return heartbeat.lastAt + heartbeat.everySeconds < at ? 'HEARTBEAT_DEAD' : null
}

const TOO_MANY = {
  domain: 'TOO_MANY_DOMAINS',
  machine: 'TOO_MANY_ACTIVATIONS',
  seat: 'TOO_MANY_SEATS',
} as const

/** After a downgrade only those that came after the limit are refused, never all. */
const limitProblem = ({ kind, limit, used, rank, mayExceed }: ActivationStanding): Finding => {
  if (limit === null || rank === null || rank <= limit) return FINE
  return { code: mayExceed ? null : TOO_MANY[kind], activation: { limit, used, rank }, isOver: mayExceed }
}
