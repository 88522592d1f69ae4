import { readStripeRecord, type Scope, snapshotRecord } from '@keyflow/contracts'
import { failureCode, KeyflowError, type Logger, type RecordPublisher } from '@keyflow/runtime'
import type { StripeAnswer, StripeLook } from '../adapters/stripe-look.ts'
import { type CaseFacts, caseFactsIn } from '../domain/case-facts.ts'

export interface CaseToVerify {
  readonly id: string
  readonly customer: string
  readonly scope: Scope
  readonly subscription: string
  readonly invoices: readonly string[]
  /** false: to know more would be good, and nothing waits for it. */
  readonly isRequired: boolean
}

export interface Verified {
  /** Cases of which Stripe has just said how they stand. */
  readonly ids: ReadonlySet<string>
  readonly facts: readonly CaseFacts[]
  /** Customers that have to wait, because Stripe did not answer. */
  readonly postponed: ReadonlySet<string>
}

export interface VerifyOptions {
  readonly stripe: StripeLook
  readonly publisher: RecordPublisher
  readonly snapshotTopic: string
  readonly newId: () => string
  readonly logger: Logger
  readonly onFailed: () => void
}

const AT_ONCE = 8

export const NOTHING_VERIFIED: Verified = { ids: new Set(), facts: [], postponed: new Set() }

/**
 * Asks Stripe about cases right before they are restricted. Answers go into the log first and are folded like anything else;
 * a case of which Stripe says nothing is not restricted.
 */
export const createVerifyCases =
  (options: VerifyOptions) =>
  async (cases: readonly CaseToVerify[]): Promise<Verified> => {
    const ids = new Set<string>()
    const postponed = new Set<string>()
    const facts: CaseFacts[] = []
    const queue = [...cases]
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const one = next
        try {
          const answers = await options.stripe.look(one.scope, one.subscription, one.invoices)
          for (const answer of answers) facts.push(...(await keep(options, one, answer)))
          ids.add(one.id)
        } catch (error) {
          if (!one.isRequired) continue
          postponed.add(one.customer)
          options.onFailed()
          options.logger.warn({ case: one.id, code: failureCode(error) }, 'restriction.unverified')
        }
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, cases.length) }, work))
    return { ids, facts, postponed }
  }

const keep = async (
  { publisher, snapshotTopic, newId }: VerifyOptions,
  { id, scope, customer }: CaseToVerify,
  answer: StripeAnswer,
): Promise<readonly CaseFacts[]> => {
  const record = snapshotRecord(snapshotTopic, customer, { id: `snap_${newId()}`, scope, ...answer })
  await publisher.publish(record)
  const read = readStripeRecord({ headers: record.headers, value: Buffer.from(record.value) })
  const facts = read.ok ? caseFactsIn(read.facts) : []
  // An answer that says nothing of the case is none: nobody is restricted on the word of it.
  if (!facts.some((one) => one.id === id))
    throw new KeyflowError(
      'transient',
      'STRIPE_ODD_ANSWER',
      `the ${answer.what} that was asked for is not in it`,
    )
  return facts
}
