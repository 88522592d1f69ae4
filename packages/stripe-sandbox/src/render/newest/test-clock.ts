import type { JsonObject } from '../../json.ts'
import type { TestClockRecord } from '../../objects/test-clock.ts'

export const renderTestClock = (clock: TestClockRecord): JsonObject => ({
  id: clock.id,
  object: 'test_helpers.test_clock',
  created: clock.created,
  deletes_after: clock.deletes_after,
  frozen_time: clock.frozen_time,
  livemode: false,
  name: clock.name,
  status: clock.status,
  status_details: clock.target === null ? {} : { advancing: { target_frozen_time: clock.target } },
})
