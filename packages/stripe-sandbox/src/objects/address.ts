import type { Params } from '../http/params.ts'

export type Address = {
  readonly city: string | null
  readonly country: string | null
  readonly line1: string | null
  readonly line2: string | null
  readonly postal_code: string | null
  readonly state: string | null
}

export const emptyAddress: Address = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
}

export type Shipping = {
  readonly address: Address
  readonly carrier: null
  readonly name: string | null
  readonly phone: string | null
  readonly tracking_number: null
}

/** An address as a whole: parts not given become null. */
export const readAddress = (params: Params): Address => ({
  city: params.text('city') ?? null,
  country: params.text('country') ?? null,
  line1: params.text('line1') ?? null,
  line2: params.text('line2') ?? null,
  postal_code: params.text('postal_code') ?? null,
  state: params.text('state') ?? null,
})

/** A recipient and an address, given as `name` and `address[…]`. */
export const readShipping = (params: Params): Shipping => ({
  address: readAddress(params.nested('address') ?? params),
  carrier: null,
  name: params.text('name') ?? null,
  phone: params.text('phone') ?? null,
  tracking_number: null,
})
