import { describe, expect, it } from '@jest/globals'
import { charge, customer, invoice, session } from '../../test/samples.ts'
import { chooseContact } from './choose-contact.ts'
import { contactSourcesIn } from './contact.ts'

const contactFrom = (...facts: Parameters<typeof contactSourcesIn>[0]) =>
  chooseContact(contactSourcesIn(facts))

describe('whom a mail is written to', () => {
  it('is the customer before the session, the session before the invoice, the invoice before the charge', () => {
    const all = [charge({}), invoice({}), session({}), customer({})]
    expect(contactFrom(...all)?.email).toBe('customer@example.com')
    expect(contactFrom(...all.slice(0, 3))?.email).toBe('session@example.com')
    expect(contactFrom(...all.slice(0, 2))?.email).toBe('invoice@example.com')
    expect(contactFrom(...all.slice(0, 1))?.email).toBe('charge@example.com')
  })

  it('is nobody as long as no source has an address', () => {
    expect(contactFrom(customer({ email: null }), charge({ email: null }))).toBeNull()
  })

  it('is the next best when the customer has no address, or one that is none', () => {
    expect(contactFrom(customer({ email: null }), session({}))?.email).toBe('session@example.com')
    expect(contactFrom(customer({ email: 'a@b.example, c@d.example' }), session({}))?.email).toBe(
      'session@example.com',
    )
  })

  it('is the newest address of the customer, also when the older one arrives last', () => {
    const newer = customer({ email: 'new@example.com' }, { at: 9 })
    const older = customer({ email: 'old@example.com' }, { at: 3 })
    expect(contactFrom(newer, older)?.email).toBe('new@example.com')
  })

  it('is never what a deleted customer once said', () => {
    const deleted = customer({ email: null, deleted: true }, { at: 2 })
    expect(contactFrom(deleted, customer({}, { at: 5 }))).toBeNull()
  })

  it('borrows name and language from the next best source that has them', () => {
    const contact = contactFrom(customer({}), session({ name: 'Ada', locale: 'de' }))
    expect(contact).toEqual({
      email: 'customer@example.com',
      name: 'Ada',
      locale: 'de',
      country: null,
      person: 'platform:test:cus_1',
    })
  })

  it('takes the newest of several invoices', () => {
    const first = invoice({ id: 'in_1', email: 'first@example.com' }, { at: 1 })
    const second = invoice({ id: 'in_2', email: 'second@example.com' }, { at: 2 })
    expect(contactFrom(second, first)?.email).toBe('second@example.com')
  })
})

describe('under what a contact is found', () => {
  it('is everything that its object is tied to, with its scope', () => {
    const [source] = contactSourcesIn([session({ subscription: 'sub_9' })])
    expect(source?.refs).toEqual(['platform:test:cs_1', 'platform:test:pi_1', 'platform:test:sub_9'])
  })

  it('is nothing for purchases without an address: there is nothing to find', () => {
    expect(contactSourcesIn([session({ email: null }), invoice({ email: 'no address' })])).toEqual([])
  })
})
