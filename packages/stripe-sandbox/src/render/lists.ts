import type { Json, JsonObject } from '../json.ts'

/** The newest page of a list that is embedded in another object. */
export const embeddedList = (data: readonly JsonObject[], url: string): JsonObject => ({
  object: 'list',
  data: data.slice(0, 10) as readonly Json[],
  has_more: data.length > 10,
  total_count: data.length,
  url,
})
