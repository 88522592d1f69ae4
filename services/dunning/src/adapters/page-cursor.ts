import { KeyflowError } from '@keyflow/runtime'

/** Where a page of rows ends that are sorted by a number, then by id. */
export type PageEnd = readonly [at: number | null, id: string]

export const writeCursor = (end: PageEnd): string => Buffer.from(JSON.stringify(end)).toString('base64url')

/** Throws an `invalid` KeyflowError for a cursor that was not given out here. */
export const readCursor = (cursor: string): PageEnd => {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if ((at === null || typeof at === 'number') && typeof id === 'string') return [at, id]
  } catch {}
  throw new KeyflowError('invalid', 'ODD_CURSOR', 'the cursor was not given out by this API')
}
