import {
  keyflowHeaders,
  type LicenseAction,
  type LicenseOperation,
  type RecordHeaders,
  type Scope,
} from '@keyflow/contracts'
import { pollFor, type RecordPublisher, type Store } from '@keyflow/runtime'
import { isFolded } from '../adapters/mongo-ledger-events.ts'
import { findLicenseById } from '../adapters/mongo-licenses.ts'
import type { LicenseOrigin } from '../domain/derived-license.ts'
import type { License } from '../domain/license.ts'

export interface OperateDeps {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly topic: string
  readonly clock: () => Date
}

export interface Decision {
  /** `op_…`: a decision that is taken again under the same id is the same decision. */
  readonly id: string
  readonly action: LicenseAction
  readonly actor: string
  readonly reason: string
}

/** What a decision is about, and how it finds its ledger. */
export interface Subject {
  readonly licenseId: string
  readonly scope: Scope
  readonly ref: string
  /** Of the record. */
  readonly key: string
}

export type Operated =
  | { readonly kind: 'done'; readonly license: License }
  /** In the log, not yet folded: it will be. */
  | { readonly kind: 'accepted' }

/** How long an answer waits for its own decision. */
const UNTIL_FOLDED = { withinMs: 5000, everyMs: 20 } as const

/** Resolves with false when the decision is not folded by then: it is in the log and will be. */
export const untilFolded = async (store: Store, id: string): Promise<boolean> =>
  (await pollFor(async () => (await isFolded(store, id)) || undefined, UNTIL_FOLDED)) === true

/** Appends a decision to the log and waits until it has been folded: there is no second way to write. */
export const createOperateLicense =
  (deps: OperateDeps) =>
  async ({ licenseId, scope, ref, key }: Subject, decision: Decision): Promise<Operated> => {
    const at = deps.clock().toISOString()
    const operation: LicenseOperation = { ...decision, ...scope, at, licenseId, ref }
    const headers = headersOf(operation)
    await deps.publisher.publish({ topic: deps.topic, key, value: JSON.stringify(operation), headers })
    if (!(await untilFolded(deps.store, operation.id))) return { kind: 'accepted' }
    const license = await findLicenseById(deps.store, licenseId)
    return license === null ? { kind: 'accepted' } : { kind: 'done', license }
  }
export type OperateLicense = ReturnType<typeof createOperateLicense>

export const subjectOf = ({ id, scope, origin, ledger }: License): Subject => ({
  licenseId: id,
  scope,
  ref: refOf(origin),
  key: ledger,
})

const refOf = (origin: LicenseOrigin): string => {
  if (origin.kind === 'grant') return origin.ref
  return origin.kind === 'subscription_item' ? origin.subscription : origin.session
}

const headersOf = (operation: LicenseOperation): RecordHeaders =>
  keyflowHeaders({
    id: operation.id,
    source: 'keyflow/licensing/api',
    type: `license.operation.${operation.action.kind}`,
    subject: operation.licenseId,
    at: operation.at,
    scope: operation,
  })
