import { type Static, type TSchema, Type } from 'typebox'

/** The type or null, as one schema with two types: a union would be tried out by a validator for each answer that is written. */
export const nullable = <T extends TSchema & { readonly type: string }>(schema: T) =>
  Type.Unsafe<Static<T> | null>({ ...schema, type: [schema.type, 'null'] })
