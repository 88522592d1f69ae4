import Negotiator from 'negotiator'

/** The browser's wish among the languages that there are, by its Accept-Language; the first when it has none of them. */
export const pageLanguage = <L extends string>(
  accepts: string | undefined,
  languages: readonly [L, ...L[]],
): L => {
  const wished = new Negotiator({ headers: { 'accept-language': accepts ?? '' } }).language([...languages])
  return languages.find((language) => language === wished) ?? languages[0]
}
