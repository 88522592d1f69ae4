import { Type } from 'typebox'

const Text = Type.Union([Type.String(), Type.Null()])

/** An address that gets no mail, masked. */
export const Suppression = Type.Object({
  id: Type.String(),
  address: Type.String(),
  reason: Type.String(),
  until: Text,
  message: Text,
  actor: Text,
  since: Type.String(),
})

export const SUPPRESSIONS = '/api/v1/suppressions'
