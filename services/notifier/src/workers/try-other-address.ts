import type { PersonalVault, Store, Transaction } from '@keyflow/runtime'
import { findContacts } from '../adapters/contact-store.ts'
import { openMail } from '../adapters/frozen-mail.ts'
import type { MessageRow } from '../adapters/message-rows.ts'
import { insertMessages } from '../adapters/message-store.ts'
import { chooseContact } from '../domain/choose-contact.ts'
import { TEMPLATES } from '../domain/templates.ts'
import { orderedMessage } from './new-message.ts'

/** Suppresses the address of a mail that bounced for good, inside the transaction that records the bounce. */
export type OnBounce = (session: Transaction['session'], row: MessageRow, address: string) => Promise<void>

export interface OtherAddressOptions {
  readonly store: Store
  readonly personal: PersonalVault
  readonly onBounce: OnBounce
  readonly leaseMs: number
  readonly clock: () => Date
}

/**
 * A mail that bounced for good goes once to the buyer's next best address, if there is one: as a mail of its own, for the
 * same cause. Nothing more is sent to the first.
 */
export const tryOtherAddress = async (
  options: OtherAddressOptions,
  session: Transaction['session'],
  row: MessageRow,
): Promise<void> => {
  const { store, personal } = options
  if (row.frozen === null) return
  const mail = await openMail(personal, row.frozen)
  if (mail === null) return
  await options.onBounce(session, row, mail.to)
  if (row.recipient !== 'buyer' || TEMPLATES[row.template].category === 'optional') return
  const other = chooseContact(await findContacts({ store, personal }, session, row.refs), 1)
  if (other === null) return
  const { account, livemode, trace, receivedAt } = row
  const message = orderedMessage(
    {
      scope: { account, livemode },
      subject: row._id,
      occurrence: 'alternate',
      order: {
        content: mail.view.content,
        notice: row.order?.notice ?? null,
        expiresAt: row.order?.expiresAt ?? null,
        recordKey: row.order?.recordKey ?? null,
      },
      licenseId: row.licenseId,
      customer: row.customer,
      refs: row.refs,
      encryptedKey: row.encryptedKey,
    },
    { trace, receivedAt, createdAt: options.clock(), recipient: 'alternate' },
  )
  await insertMessages(store, session, [message], options.leaseMs)
}
