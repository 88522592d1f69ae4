import type { Fact, LicenseAction } from '@keyflow/contracts'

/** Names, addresses and personal links stay with the notifier: licensing neither needs nor keeps them. */
export const withoutPersonalData = (fact: Fact): Fact => {
  switch (fact.kind) {
    case 'invoice':
      return blank(fact, { email: null, name: null, hostedInvoiceUrl: null, invoicePdf: null })
    case 'checkout_session':
      return blank(fact, { email: null, name: null, country: null })
    case 'charge':
    case 'customer':
      return blank(fact, { email: null, name: null })
    default:
      return fact
  }
}

const blank = <F extends Fact>(fact: F, blanks: Partial<F['state']>): F => ({
  ...fact,
  state: { ...fact.state, ...blanks },
  ...(fact.before === undefined ? {} : { before: { ...fact.before, ...blanks } }),
})

/** Whom to write to about a license is the notifier's to know, who reads it from the log itself. */
export const withoutContact = (action: LicenseAction): LicenseAction =>
  action.kind === 'create' ? { ...action, contact: null } : action
