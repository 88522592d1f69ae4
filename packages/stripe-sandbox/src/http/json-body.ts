import { isJsonObject, type Json } from '../json.ts'
import { type FormObject, type FormValue, parseForm } from './form-body.ts'

const asFormValue = (value: Json): FormValue => {
  if (value === null) return ''
  if (Array.isArray(value)) return value.map((entry: Json) => asFormValue(entry))
  if (!isJsonObject(value)) return String(value)
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asFormValue(entry)]))
}

const parseJson = (body: string): FormObject | undefined => {
  try {
    const value = asFormValue(JSON.parse(body) as Json)
    return typeof value === 'object' && !Array.isArray(value) ? (value as FormObject) : undefined
  } catch {
    return undefined
  }
}

/** A body of either kind. Stripe takes forms only; JSON is taken as well, for scripts that play the buyer. */
export const parseBody = (body: string): FormObject =>
  (body.trimStart().startsWith('{') ? parseJson(body) : undefined) ?? parseForm(body)
