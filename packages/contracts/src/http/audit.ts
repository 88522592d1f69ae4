import { Type } from 'typebox'

/** Who decides; the API key where the request does not say. Kept with the license for ever, so name no customer. */
export const Actor = Type.String({ minLength: 1, maxLength: 200 })
/** Why; kept with the license for ever. */
export const Reason = Type.String({ minLength: 1, maxLength: 1000 })
