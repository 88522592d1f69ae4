import { periodEnd } from '../billing/periods.ts'
import { recurringOf } from '../billing/restart-period.ts'
import type { World } from '../events/world.ts'
import { paginate } from '../http/pages.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { newId } from '../identifiers.ts'
import type { CustomerRecord } from '../objects/customer.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'
import type { TestClockRecord } from '../objects/test-clock.ts'
import { renderDeleted } from '../render/deleted.ts'

const YEAR = 365 * 86_400
const LIFETIME = 30 * 86_400

const clockOf = ({ world, id }: Call): TestClockRecord => world.need('test_helpers.test_clock', id, 'id')

const frozenTimeIn = ({ params }: Call): number => {
  params.requiredText('frozen_time')
  return params.integer('frozen_time') ?? 0
}

const create = (call: Call): TestClockRecord => {
  const { params, world } = call
  const clock = world.put<TestClockRecord>({
    object: 'test_helpers.test_clock',
    id: newId('clock'),
    created: world.wallNow,
    deletes_after: world.wallNow + LIFETIME,
    frozen_time: frozenTimeIn(call),
    name: params.text('name') ?? null,
    status: 'ready',
    target: null,
  })
  world.emit('test_helpers.test_clock.created', clock)
  return clock
}

/** Two intervals of the shortest subscription, as on Stripe; two years when there is none. Unix seconds. */
const farthest = (world: World, clock: TestClockRecord): number => {
  const items = world
    .all('subscription')
    .filter(({ test_clock, ended_at }) => test_clock === clock.id && ended_at === null)
    .flatMap((subscription) => subscription.items)
  const ends = items.map((item) => {
    const recurring = recurringOf(item)
    return periodEnd(clock.frozen_time, clock.frozen_time, {
      ...recurring,
      interval_count: recurring.interval_count * 2,
    })
  })
  return Math.min(clock.frozen_time + 2 * YEAR, ...ends)
}

const advance = (call: Call): TestClockRecord => {
  const { world } = call
  const clock = clockOf(call)
  const target = frozenTimeIn(call)
  if (clock.status !== 'ready') throw invalidRequest(`The test clock is not ready: it is ${clock.status}.`)
  if (target <= clock.frozen_time)
    throw invalidRequest('A test clock can only be advanced to a later time.', 'frozen_time')
  if (target > farthest(world, clock))
    throw invalidRequest(
      'A test clock can be advanced by two intervals of its shortest subscription at a time.',
      'frozen_time',
    )
  const advancing = world.put<TestClockRecord>({ ...clock, status: 'advancing', target })
  world.emit('test_helpers.test_clock.advancing', advancing)
  return advancing
}

/** With a clock go the customers on it and their subscriptions, of which nothing more is said. */
const remove = (call: Call): void => {
  const { world } = call
  const clock = clockOf(call)
  for (const subscription of world.all('subscription'))
    if (subscription.test_clock === clock.id && subscription.ended_at === null)
      world.put<SubscriptionRecord>({
        ...subscription,
        canceled_at: clock.frozen_time,
        ended_at: clock.frozen_time,
        status: 'canceled',
      })
  for (const customer of world.all('customer'))
    if (customer.test_clock === clock.id) world.put<CustomerRecord>({ ...customer, deleted: true })
  world.remove('test_helpers.test_clock', clock.id)
  world.emit('test_helpers.test_clock.deleted', clock)
}

const PATH = '/v1/test_helpers/test_clocks'

export const testClockRoutes: readonly Route[] = [
  { method: 'POST', path: PATH, handle: (call) => ({ record: create(call) }) },
  {
    method: 'GET',
    path: PATH,
    handle: ({ world, params }) => ({ page: paginate(world.all('test_helpers.test_clock'), params, PATH) }),
  },
  { method: 'GET', path: `${PATH}/:id`, handle: (call) => ({ record: clockOf(call) }) },
  { method: 'POST', path: `${PATH}/:id/advance`, handle: (call) => ({ record: advance(call) }) },
  {
    method: 'DELETE',
    path: `${PATH}/:id`,
    handle: (call) => {
      remove(call)
      return { json: renderDeleted('test_helpers.test_clock', call.id) }
    },
  },
]
