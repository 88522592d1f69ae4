export type Shape = 'newest' | 'pre-basil'

export const NEWEST_VERSION = '2026-10-28.endive'

/** The release that moved periods to items and cut invoices loose from payments. */
const BASIL = '2025-03-31'

/** Versions start with their date, so text order is time order. */
export const shapeOf = (version: string): Shape => (version < BASIL ? 'pre-basil' : 'newest')
