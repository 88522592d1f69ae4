import { lasting, type Pace } from '../../deploy/observability/rules/pace.ts'

/** By how much all windows are shorter than in production. Thresholds stay as they are. */
export const DRILL_FACTOR = 60

/** "Last week" in a drill, seconds: longer than the longest drill's load before it, shorter than anybody's patience. */
const WEEK_SECONDS = 120

/** The production rules, faster: `1h` is a minute, `5m` is five seconds. */
export const DRILL_PACE: Pace = {
  lasting: (seconds) => lasting(seconds / DRILL_FACTOR),
  week: lasting(WEEK_SECONDS),
}
