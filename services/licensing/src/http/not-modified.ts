import { Type } from 'typebox'

/** The answer to an `If-None-Match` that still holds. */
export const NotModified = Type.Null({ description: 'What the client has is current.' })
