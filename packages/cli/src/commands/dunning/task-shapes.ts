import { Type } from 'typebox'

const Text = Type.Union([Type.String(), Type.Null()])

/** Something that a person must look at. */
export const Task = Type.Object({
  id: Type.String(),
  case: Type.String(),
  kind: Type.String(),
  title: Type.String(),
  opened_at: Type.String(),
  closed_at: Text,
  closed_by: Type.Union([Type.Object({ actor: Type.String(), reason: Type.String() }), Type.Null()]),
})
