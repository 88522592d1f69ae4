import type { JsonObject } from '../json.ts'

/** What the API answers for an object that was deleted; its last event still carries it whole. */
export const renderDeleted = (object: string, id: string): JsonObject => ({ id, object, deleted: true })
