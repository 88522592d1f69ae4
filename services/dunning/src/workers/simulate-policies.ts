import { delay } from '@keyflow/runtime'
import type { LocatedFinding, PolicyReading } from '../adapters/policy-file.ts'
import type { CaseRecord, Surroundings } from '../domain/case-record.ts'
import type { PinnedPolicy } from '../domain/policy.ts'
import type { Rules } from '../domain/settle-case.ts'
import { type SimulatedAct, simulateCustomer } from '../domain/simulate.ts'
import type { SimulationAsked } from '../http/simulate.route.ts'

export interface CustomerHistory {
  readonly customer: string
  readonly livemode: boolean
  readonly cases: readonly CaseRecord[]
  readonly around: Surroundings
}

export interface SimulateDeps {
  readonly rules: () => Rules
  readonly readPolicies: (text: string) => PolicyReading
  readonly customers: () => AsyncIterable<CustomerHistory>
  readonly clock: () => Date
}

export type Simulated =
  | { readonly kind: 'invalid_policies'; readonly findings: readonly LocatedFinding[] }
  | {
      readonly kind: 'done'
      readonly customers: number
      readonly cases: number
      /** How often each act would have happened. */
      readonly counts: Readonly<Record<string, number>>
      readonly mails_per_day: { readonly most: number; readonly on: string | null }
      readonly acts: readonly {
        readonly case: string
        readonly at: string
        readonly what: SimulatedAct['what']
        readonly detail: string | null
      }[]
      readonly truncated: boolean
    }

const YEAR_MS = 365 * 86_400_000
const LISTED = 500
/** Customers between two turns of the event loop: webhooks' facts go on being folded. */
const AT_ONCE = 50

/** Plays every recorded customer under a policy, one after another, on the copy that was read. */
export const createSimulatePolicies =
  (deps: SimulateDeps) =>
  async (asked: SimulationAsked): Promise<Simulated> => {
    const rules = candidateRules(deps, asked.policies)
    if (!('book' in rules)) return { kind: 'invalid_policies', findings: rules.findings }
    const since = asked.since === undefined ? 0 : Date.parse(asked.since)
    const until = asked.until === undefined ? deps.clock().getTime() + YEAR_MS : Date.parse(asked.until)
    const limit = asked.limit ?? LISTED
    const counts: Record<string, number> = {}
    const mails = new Map<string, number>()
    const acts: SimulatedAct[] = []
    let [customers, cases, total] = [0, 0, 0]
    for await (const history of deps.customers()) {
      if (asked.mode !== undefined && history.livemode !== (asked.mode === 'live')) continue
      const found = simulateCustomer(history, rules, until).filter(({ at }) => at >= since)
      customers += 1
      cases += history.cases.length
      for (const act of found) {
        const name = act.what === 'mail' || act.what === 'closed' ? `${act.what}:${act.detail}` : act.what
        counts[name] = (counts[name] ?? 0) + 1
        const day = new Date(act.at).toISOString().slice(0, 10)
        if (act.what === 'mail') mails.set(day, (mails.get(day) ?? 0) + 1)
        total += 1
        if (acts.length < limit) acts.push(act)
      }
      if (customers % AT_ONCE === 0) await delay(0)
    }
    const [on = null, most = 0] = [...mails].sort((a, b) => b[1] - a[1])[0] ?? []
    return {
      kind: 'done',
      customers,
      cases,
      counts,
      mails_per_day: { most, on },
      acts: acts
        .sort((a, b) => a.at - b.at)
        .map(({ caseId, at, what, detail }) => ({
          case: caseId,
          at: new Date(at).toISOString(),
          what,
          detail,
        })),
      truncated: total > acts.length,
    }
  }

const candidateRules = (
  deps: SimulateDeps,
  text: string | undefined,
): Rules | { readonly findings: readonly LocatedFinding[] } => {
  const rules = deps.rules()
  if (text === undefined) return rules
  const { policies, findings } = deps.readPolicies(text)
  return policies === null ? { findings } : { ...rules, book: bookOf(policies) }
}

const bookOf = (current: readonly PinnedPolicy[]): Rules['book'] => ({ current, retired: new Map() })
