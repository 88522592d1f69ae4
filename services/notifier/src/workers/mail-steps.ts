import type { PersonalVault, RecordPublisher, Store } from '@keyflow/runtime'
import type { HashAddress } from '../adapters/address-hash.ts'
import { sealBytes } from '../adapters/frozen-mail.ts'
import { markSending, putBackRow } from '../adapters/message-store.ts'
import type { Circumstances, Letterhead } from '../domain/freeze-mail.ts'
import { createGather } from './gather.ts'
import { createLedgerTransaction } from './ledger-transaction.ts'
import { createPrepareMails, type Prepared } from './prepare-mails.ts'
import { createSettleMails, type Settled, type Settlement } from './settle-mails.ts'
import type { OnBounce } from './try-other-address.ts'

export interface MailStepsOptions {
  readonly letterhead: Letterhead
  readonly suppressed: Circumstances['suppressed']
  readonly hash: HashAddress
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly personal: PersonalVault
  readonly mailEvents: string
  readonly leaseMs: number
  /** Longer than a dialog with the relay may take. */
  readonly sendingLeaseMs: number
  readonly unknownWaitMs: number
  readonly perRecipientPerDay: number
  readonly onBounce: OnBounce
  /** The suppression list in memory is to be read anew. */
  readonly refreshSuppressed: () => Promise<void>
  readonly clock: () => Date
}

/** What is about to leave: whose key seals it, and through which relay. */
export interface Leaving {
  readonly person: string
  readonly relay: string
  readonly bytes: Buffer
}

/** Mails in one transaction. */
const TOGETHER = 50

/**
 * The transactions of a mail's way through the ledger. Each is one decision of the domain, committed whole; what several mails
 * want at the same moment is one transaction.
 */
export const createMailSteps = (options: MailStepsOptions) => {
  const { store, personal } = options
  const transact = createLedgerTransaction(options)
  const prepare = createGather(createPrepareMails({ ...options, transact }), TOGETHER)
  const settle = createGather(createSettleMails({ ...options, transact }), TOGETHER)
  const leave = createGather(async (all: readonly (Leaving & { id: string; token: string })[]) => {
    const sealed = await sealBytes(personal, all)
    // Of an erased person nothing may leave: the row is found again, and dropped, when its lease runs out.
    const going = all.flatMap(({ id, token, relay }, at) => {
      const bytes = sealed[at] ?? null
      return bytes === null ? [] : [{ id, token, relay, bytes }]
    })
    const marked = going.length === 0 ? [] : await markSending(store, going, options.sendingLeaseMs)
    const isOurs = new Set(going.filter((_, at) => marked[at] === true).map(({ id }) => id))
    return all.map(({ id }) => isOurs.has(id))
  }, TOGETHER)

  return {
    prepare: (id: string, token: string): Promise<Prepared> => prepare({ id, token }),

    /** Whether the mail may leave now: its bytes and "sending" are committed, before the first of them has gone. */
    leave: (id: string, token: string, leaving: Leaving): Promise<boolean> =>
      leave({ id, token, ...leaving }),

    /** Not now: no attempt was made. */
    postpone: async (id: string, token: string, waitMs: number, code: string): Promise<void> => {
      await transact([{ id, token }], async (ledger) => {
        const row = ledger.rowOf({ id, token })
        if (row === null || row.state !== 'rendered') return
        const failure = { code, reply: null }
        const { attempts, bytes = null } = row
        ledger.write(putBackRow(id, { state: 'queued', waitMs, attempts, failure, bytes }))
      })
    },

    settle: async (id: string, token: string, settlement: Settlement): Promise<Settled> => {
      const settled = await settle({ id, token, settlement })
      // Its next mail may be asked for within the moment that other replicas take to learn of it.
      if (settlement.kind === 'final' && settlement.isBadAddress === true)
        await options.refreshSuppressed().catch(() => {})
      return settled
    },
  }
}
export type MailSteps = ReturnType<typeof createMailSteps>
