/** Languages that mails are written in; the first is spoken to everybody else. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'ja'] as const
export type Language = (typeof LANGUAGES)[number]

/** Only where one language is everybody's: nobody in Switzerland or Belgium is guessed at. */
const SPOKEN_IN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['DE', 'AT', 'LI'].map((country) => [country, `de-${country}`])),
  ...Object.fromEntries(['FR', 'MC'].map((country) => [country, `fr-${country}`])),
  ...Object.fromEntries(
    [
      'ES',
      'MX',
      'AR',
      'CO',
      'CL',
      'PE',
      'EC',
      'UY',
      'CR',
      'GT',
      'PA',
      'DO',
      'BO',
      'PY',
      'SV',
      'HN',
      'NI',
    ].map((country) => [country, `es-${country}`]),
  ),
  JP: 'ja-JP',
}

export const languageOf = (locale: string): Language | null => {
  const language = locale.toLowerCase().split(/[-_]/)[0] ?? ''
  return LANGUAGES.find((known) => known === language) ?? null
}

/**
 * The locale of a mail: what the customer prefers, else what is spoken in their country, else the account's. The region is
 * kept (`de-AT`), for dates and amounts; what no mail is written in falls through.
 */
export const chooseLocale = (
  contact: { readonly locale: string | null; readonly country: string | null },
  fallback: string,
): string => {
  const country = contact.country?.toUpperCase() ?? ''
  const wishes = [contact.locale, Object.hasOwn(SPOKEN_IN, country) ? (SPOKEN_IN[country] ?? null) : null]
  for (const wish of wishes) {
    const tag = wish === null ? null : wellFormed(wish)
    if (tag === null || languageOf(tag) === null) continue
    // "de" of somebody in Austria is read there.
    return tag.includes('-') || country === '' ? tag : (wellFormed(`${tag}-${country}`) ?? tag)
  }
  return fallback
}

/** Language and region of what Stripe and browsers give (`de_AT`, `DE-at`, `de-DE-1996`); null for what is none. */
const wellFormed = (text: string): string | null => {
  const [, language, region] = /^([a-z]{2,3})(?:[-_]([a-z]{2}|\d{3}))?(?:[-_]|$)/i.exec(text.trim()) ?? []
  if (language === undefined) return null
  return region === undefined ? language.toLowerCase() : `${language.toLowerCase()}-${region.toUpperCase()}`
}
