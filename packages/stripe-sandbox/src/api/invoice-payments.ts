import { paginate } from '../http/pages.ts'
import type { Route } from '../http/route.ts'

/** The bridge between invoices and payments since 2025-03-31.basil. */
export const invoicePaymentRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/invoice_payments',
    handle: ({ world, params }) => {
      const invoice = params.text('invoice')
      const intent = params.nested('payment')?.text('payment_intent')
      const status = params.text('status')
      const payments = world
        .all('invoice_payment')
        .filter(
          (payment) =>
            (invoice ?? payment.invoice) === payment.invoice &&
            (intent ?? payment.payment_intent) === payment.payment_intent &&
            (status ?? payment.status) === payment.status,
        )
      return { page: paginate(payments, params, '/v1/invoice_payments') }
    },
  },
  {
    method: 'GET',
    path: '/v1/invoice_payments/:id',
    handle: ({ world, id }) => ({ record: world.need('invoice_payment', id, 'id') }),
  },
]
