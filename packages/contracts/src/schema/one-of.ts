import { Type } from 'typebox'

/** A string out of a closed list, typed as that list. */
export const oneOf = <const C extends readonly string[]>(choices: C) =>
  Type.Unsafe<C[number]>({ type: 'string', enum: [...choices] })
