/** Currencies that Stripe counts in whole units. */
const WHOLE = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '))
/** Counted in thousandths. */
const THOUSANDTHS = new Set('BHD JOD KWD OMR TND'.split(' '))

/** How many of Stripe's minor units make one; ISK and UGX are counted in hundredths, though nobody writes them. */
const minorUnits = (currency: string): number =>
  WHOLE.has(currency) ? 1 : THOUSANDTHS.has(currency) ? 1000 : 100

/** An amount of minor units as is written in that locale: `12,00 €`, `¥1,200`. What is no currency stands beside the number. */
export const moneyText = (
  locale: string,
  { currency, amount }: { readonly currency: string; readonly amount: number },
): string => {
  const code = currency.toUpperCase()
  const units = amount / minorUnits(code)
  return /^[A-Z]{3}$/.test(code)
    ? new Intl.NumberFormat(locale, { style: 'currency', currency: code }).format(units)
    : `${new Intl.NumberFormat(locale).format(units)} ${code}`
}
