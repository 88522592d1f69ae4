import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { canonical } from '@keyflow/contracts'
import { Compile } from 'typebox/compile'
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Calendar } from '../domain/calendar.ts'
import { type Finding, lintPolicies } from '../domain/lint-policies.ts'
import type { PinnedPolicy, Policy } from '../domain/policy.ts'
import { PolicyFileSchema, type PolicyText } from './policy-schema.ts'

export const SHIPPED_POLICIES = fileURLToPath(new URL('../../policies/default.yaml', import.meta.url))

/** A finding with its place in the file; 1-based, null where there is none. */
export interface LocatedFinding extends Finding {
  readonly line: number | null
}

export interface PolicyReading {
  /** null when there are errors. */
  readonly policies: readonly PinnedPolicy[] | null
  /** All errors and warnings at once. */
  readonly findings: readonly LocatedFinding[]
}

const schema = Compile(PolicyFileSchema)

/** Reads policies from YAML (or JSON, which is YAML): every error at once, with path, line and what to do about it. */
export const readPolicies = (text: string, calendar: Calendar): PolicyReading => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0)
    return {
      policies: null,
      findings: document.errors.map(({ message, pos }) => ({
        severity: 'error',
        path: '',
        message: `is not YAML: ${message}`,
        line: lines.linePos(pos[0]).line,
      })),
    }
  const content: unknown = document.toJS()
  const locate = (finding: Finding): LocatedFinding => ({
    ...finding,
    line: lineOf(document, lines, finding.path),
  })
  if (!schema.Check(content))
    return { policies: null, findings: schemaFindings(content).map(locate).sort(byLine) }
  const policies = content.policies.map(withDefaults)
  const findings = lintPolicies(policies, calendar).map(locate).sort(byLine)
  const isBroken = findings.some(({ severity }) => severity === 'error')
  return { policies: isBroken ? null : policies.map(pin), findings }
}

export const readPolicyFile = (path: string, calendar: Calendar): PolicyReading =>
  readPolicies(readFileSync(path === '' ? SHIPPED_POLICIES : path, 'utf8'), calendar)

const byLine = (a: LocatedFinding, b: LocatedFinding): number => (a.line ?? 0) - (b.line ?? 0)

const schemaFindings = (content: unknown): readonly Finding[] => {
  const errors = schema.Errors(content)
  const found = new Map<string, Finding>()
  for (const { instancePath, message, keyword, params } of errors) {
    const unknown = keyword === 'additionalProperties' ? (params as { additionalProperties?: string[] }) : {}
    for (const name of unknown.additionalProperties ?? [null]) {
      // Each kind of action complains of the keys of the others.
      if (name !== null && ACTION_KEYS.has(name)) continue
      const path = dotted(name === null ? instancePath : `${instancePath}/${name}`)
      // The parts of a union all complain: one complaint at a place is enough.
      if (!found.has(path) && keyword !== 'anyOf' && keyword !== 'boolean')
        found.set(path, {
          severity: 'error',
          path,
          message: name === null ? message : 'is no key that is known here',
        })
    }
  }
  return [...found.values()]
}

const ACTION_KEYS: ReadonlySet<string> = new Set(['email', 'restrict', 'task'])

const dotted = (pointer: string): string => pointer.replace(/^\//, '').replaceAll('/', '.')

/** The line of the deepest part of a path that the file has. */
const lineOf = (
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: string,
): number | null => {
  let node: unknown = document.contents
  let offset: number | null = null
  for (const part of path.split('.')) {
    const next: unknown = isMap(node)
      ? node.items.find(({ key }) => String(key) === part)?.value
      : isSeq(node)
        ? node.items[Number(part)]
        : undefined
    if (next === undefined || next === null) break
    node = next
    offset = (next as { range?: readonly [number, number, number] | null }).range?.[0] ?? offset
  }
  return offset === null ? null : lines.linePos(offset).line
}

/** The hash of what a policy says, not of how it is written. */
const pin = (policy: Policy): PinnedPolicy => ({
  hash: createHash('sha256').update(canonical(policy)).digest('hex').slice(0, 24),
  policy,
})

const withDefaults = (text: PolicyText): Policy =>
  ({
    id: text.id,
    match: text.match,
    clock: { zone: 'customer', sendWindow: null, restrictWindow: null, ...text.clock },
    open: {
      on: ['payment_failed', 'action_required', 'overdue'],
      minAmount: {},
      quiet: 'PT0S',
      ...text.open,
    },
    steps: text.steps,
    byDecline: text.byDecline ?? {},
    recovery: { email: 'payment_recovered', restoreOnWriteOff: false, ...text.recovery },
    end: { after: 'P30D', onStripeCancel: 'timeline', ...text.end },
    limits: { perCustomerPerDay: 1, perEpisode: 8, minGap: 'P1D', ...text.limits },
    noticeFallback: text.noticeFallback ?? 'hold',
    onUnverifiable: text.onUnverifiable ?? 'hold',
    stripe: {
      expect: {
        retryWindow: 'P14D',
        finalAction: 'past_due',
        customerEmails: false,
        ...text.stripe?.expect,
      },
    },
  }) as Policy
