import { ProblemError } from '@keyflow/runtime'
import type { License } from '../domain/license.ts'

/** Strong: every change that anybody can see makes a new version. */
export const etagOf = ({ version }: Pick<License, 'version'>): string => `"${version}"`

/** Throws `precondition-failed` unless the header is absent, `*`, or names the license as it is. */
export const requireMatch = (ifMatch: string | undefined, license: License): void => {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  const named = ifMatch.split(',').map((tag) => tag.trim())
  if (!named.includes(etagOf(license)))
    throw new ProblemError('precondition-failed', 'The license is at another version.', {
      version: license.version,
    })
}
