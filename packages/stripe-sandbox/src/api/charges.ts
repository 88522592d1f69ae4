import { paginate } from '../http/pages.ts'
import type { Route } from '../http/route.ts'

export const chargeRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/charges',
    handle: ({ world, params }) => {
      const customer = params.text('customer')
      const intent = params.text('payment_intent')
      const charges = world
        .all('charge')
        .filter(
          (charge) =>
            (customer ?? charge.customer) === charge.customer &&
            (intent ?? charge.payment_intent) === charge.payment_intent,
        )
      return { page: paginate(charges, params, '/v1/charges') }
    },
  },
  {
    method: 'GET',
    path: '/v1/charges/:id',
    handle: ({ world, id }) => ({ record: world.need('charge', id, 'id') }),
  },
]
