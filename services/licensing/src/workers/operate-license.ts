import { HEADER, KEYFLOW_TYPE_PREFIX, type LicenseAction, type LicenseOperation } from '@keyflow/contracts'
import { delay, type RecordPublisher, type Store } from '@keyflow/runtime'
import { isFolded } from '../adapters/mongo-ledger-events.ts'
import { findLicenseById } from '../adapters/mongo-licenses.ts'
import type { License } from '../domain/license.ts'

export interface OperateDeps {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly topic: string
  readonly clock: () => Date
  readonly newId: () => string
}

export interface Decision {
  readonly action: LicenseAction
  readonly actor: string
  readonly reason: string
}

export type Operated =
  | { readonly kind: 'done'; readonly license: License }
  /** In the log, not yet folded: it will be. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'not_found' }

const WAIT_MS = 5000

/** Appends an operator's decision to the log and waits until it has been folded: there is no second way to write. */
export const createOperateLicense =
  (deps: OperateDeps) =>
  async (licenseId: string, decision: Decision): Promise<Operated> => {
    const license = await findLicenseById(deps.store, licenseId)
    if (license === null) return { kind: 'not_found' }
    const operation: LicenseOperation = {
      id: `op_${deps.newId()}`,
      at: deps.clock().toISOString(),
      account: license.scope.account,
      livemode: license.scope.livemode,
      licenseId,
      ref: license.origin.kind === 'subscription_item' ? license.origin.subscription : license.origin.session,
      ...decision,
    }
    await deps.publisher.publish({
      topic: deps.topic,
      key: license.ledger,
      value: JSON.stringify(operation),
      headers: headersOf(operation),
    })
    const deadline = performance.now() + WAIT_MS
    while (performance.now() < deadline) {
      if (await isFolded(deps.store, operation.id)) {
        const folded = await findLicenseById(deps.store, licenseId)
        return folded === null ? { kind: 'not_found' } : { kind: 'done', license: folded }
      }
      await delay(20)
    }
    return { kind: 'accepted' }
  }

const headersOf = (operation: LicenseOperation): Readonly<Record<string, string>> => ({
  [HEADER.specVersion]: '1.0',
  [HEADER.id]: operation.id,
  [HEADER.source]: 'keyflow/licensing/api',
  [HEADER.type]: `${KEYFLOW_TYPE_PREFIX}license.operation.${operation.action.kind}.v1`,
  [HEADER.subject]: operation.licenseId,
  [HEADER.time]: operation.at,
  [HEADER.account]: operation.account,
  [HEADER.livemode]: String(operation.livemode),
  [HEADER.contentType]: 'application/json',
})
