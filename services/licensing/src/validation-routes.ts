import type { FastifyInstance, Store } from '@keyflow/runtime'
import type { LicenseKeys } from './adapters/crypto-license-keys.ts'
import { listUsage } from './adapters/mongo-usage.ts'
import { createValidationReads } from './adapters/mongo-validation.ts'
import { createRateLimits } from './adapters/rate-limits.ts'
import type { LicensingConfig } from './config.ts'
import type { Authorize } from './http/authorize.ts'
import type { FindLicense } from './http/find-license.ts'
import { usageRoute } from './http/usage.route.ts'
import { validateRoute } from './http/validate.route.ts'
import type { CountUsage } from './workers/count-usage.ts'
import { createValidateLicense } from './workers/validate-license.ts'

export interface ValidationRoutesDeps {
  readonly config: Pick<LicensingConfig, 'validationsPerLicense' | 'missesPerAddress'>
  readonly store: Store
  readonly keys: LicenseKeys
  readonly usage: CountUsage
  readonly onVerdict: (valid: boolean) => void
  readonly find: FindLicense
  readonly authorize: Authorize
  readonly clock: () => Date
}

/** The part of the API that the sold software talks to. */
export const registerValidation = (server: FastifyInstance, deps: ValidationRoutesDeps): void => {
  const { store, config, keys, usage, onVerdict, find, authorize, clock } = deps
  validateRoute(server, {
    validate: createValidateLicense({
      ...createValidationReads(store),
      hashTyped: keys.hashTyped,
      limits: createRateLimits({
        perLicense: config.validationsPerLicense,
        missesPerAddress: config.missesPerAddress,
      }),
      usage,
      onVerdict,
      clock,
    }),
  })
  usageRoute(server, { find, list: (id, months) => listUsage(store, id, months), authorize })
}
