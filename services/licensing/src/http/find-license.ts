import { ProblemError } from '@keyflow/runtime'
import { type Principal, sees } from '../domain/api-key.ts'
import type { License } from '../domain/license.ts'

/** The license, if the principal may see it. Throws the same problem whether there is none or it is of the other mode. */
export type FindLicense = (id: string, principal: Principal) => Promise<License>

export const createFindLicense =
  (findById: (id: string) => Promise<License | null>): FindLicense =>
  async (id, principal) => {
    const license = await findById(id)
    if (license === null || !sees(principal, license.scope.livemode))
      throw new ProblemError('license-not-found', 'No license has this id.')
    return license
  }
