import { describe, expect, it } from '@jest/globals'
import { eventOf } from '../../test/signed-webhook.ts'
import { readEnvelope } from './envelope.ts'

describe('the envelope of an event', () => {
  it('is id, type, time, scope and version', () => {
    expect(readEnvelope(eventOf({ account: 'acct_1', livemode: true }))).toEqual({
      kind: 'event',
      id: 'evt_1',
      type: 'customer.subscription.updated',
      created: 1_790_000_000,
      scope: { account: 'acct_1', livemode: true },
      apiVersion: '2026-10-28.endive',
    })
  })

  it('belongs to the platform when no account is named, or null', () => {
    expect(readEnvelope(eventOf())).toMatchObject({ scope: { account: 'platform', livemode: false } })
    expect(readEnvelope(eventOf({ account: null }))).toMatchObject({ scope: { account: 'platform' } })
  })

  it('has no version in events of accounts that never chose one', () => {
    expect(readEnvelope(eventOf({ api_version: null }))).toMatchObject({ apiVersion: null })
  })

  it('tells a thin event, which carries no object', () => {
    const thin = {
      id: 'evt_2',
      object: 'v2.core.event',
      type: 'v1.invoice.paid',
      created: '2026-11-24T00:00:00Z',
    }
    expect(readEnvelope(thin)).toEqual({ kind: 'thin', id: 'evt_2', type: 'v1.invoice.paid' })
  })

  it.each([
    ['null', null],
    ['a list', []],
    ['a text', 'evt_1'],
    ['another object', eventOf({ object: 'customer' })],
    ['no id', eventOf({ id: undefined })],
    ['an id that is a number', eventOf({ id: 7 })],
    ['an id with a line break', eventOf({ id: 'evt_1\r\nx: y' })],
    ['an endless id', eventOf({ id: 'e'.repeat(300) })],
    ['no type', eventOf({ type: '' })],
    ['a time that is a text', eventOf({ created: '1790000000' })],
    ['a time before 1970', eventOf({ created: -1 })],
    ['a time that no calendar has', eventOf({ created: 1e15 })],
    ['no mode', eventOf({ livemode: undefined })],
    ['a mode that is a text', eventOf({ livemode: 'false' })],
    ['an account that is no id', eventOf({ account: { id: 'acct_1' } })],
  ])('is absent from %s', (_, json) => {
    expect(readEnvelope(json)).toBeUndefined()
  })
})
