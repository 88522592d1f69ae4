/** Currencies that Stripe counts in whole units. */
const NO_DECIMALS: ReadonlySet<string> = new Set(
  'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '),
)
/** Counted in thousandths. */
const THREE_DECIMALS: ReadonlySet<string> = new Set('BHD JOD KWD OMR TND'.split(' '))

/** How many of Stripe's minor units make one. ISK and UGX have no decimals but are counted in hundredths all the same. */
const minorUnits = (currency: string): number =>
  NO_DECIMALS.has(currency) ? 1 : THREE_DECIMALS.has(currency) ? 1000 : 100

/** `12,00 €`, `¥1,200`, as is written in that locale. A currency that nobody knows stands beside the number. */
export const moneyText = (
  locale: string,
  money: { readonly currency: string; readonly amount: number },
): string => {
  const currency = money.currency.toUpperCase()
  const units = money.amount / minorUnits(currency)
  if (!/^[A-Z]{3}$/.test(currency)) return `${new Intl.NumberFormat(locale).format(units)} ${currency}`.trim()
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(units)
}
