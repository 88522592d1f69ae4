import type { World } from '../events/world.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { newId } from '../identifiers.ts'
import type { InvoiceItemRecord, InvoiceRecord } from '../objects/invoice.ts'
import { itemLine } from './invoice-lines.ts'

export type NewInvoiceItem = Pick<
  InvoiceItemRecord,
  'amount' | 'currency' | 'customer' | 'description' | 'metadata' | 'price' | 'quantity' | 'subscription'
>

/** Adds to a draft invoice, or keeps the item for the next one. */
export const addInvoiceItem = (
  world: World,
  given: NewInvoiceItem,
  draft: InvoiceRecord | undefined,
): InvoiceItemRecord => {
  if (draft !== undefined && draft.status !== 'draft')
    throw invalidRequest('The invoice is not a draft and can no longer be changed.', 'invoice')
  const item = world.put<InvoiceItemRecord>({
    object: 'invoiceitem',
    id: newId('ii'),
    created: world.now,
    invoice: draft?.id ?? null,
    period: { start: world.now, end: world.now },
    proration: false,
    subscription_item: null,
    test_clock: world.get('customer', given.customer)?.test_clock ?? null,
    ...given,
  })
  world.emit('invoiceitem.created', item)
  if (draft !== undefined)
    world.change('invoice.updated', draft, {
      amount_due: Math.max(0, draft.amount_due + item.amount),
      lines: [...draft.lines, itemLine(item)],
      subtotal: draft.subtotal + item.amount,
      total: draft.total + item.amount,
    })
  return item
}
