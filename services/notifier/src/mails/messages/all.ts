import type { Language } from '../../domain/locale.ts'
import { de } from './de.ts'
import { en, type Messages } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { ja } from './ja.ts'

/** The sources; what runs are the compiled ones (`generated/messages.ts`). */
export const MESSAGES: Readonly<Record<Language, Messages>> = { en, de, fr, es, ja }
