import { LEASE_TYPE } from '@keyflow/client/protocol'
import type { FastifyInstance, Store } from '@keyflow/runtime'
import type { LicenseKeys } from './adapters/crypto-license-keys.ts'
import { listUsage } from './adapters/mongo-usage.ts'
import { createValidationReads } from './adapters/mongo-validation.ts'
import { createRateLimits } from './adapters/rate-limits.ts'
import type { LicensingConfig } from './config.ts'
import type { Authorize } from './http/authorize.ts'
import type { FindLicense } from './http/find-license.ts'
import { keysetRoute } from './http/keyset.route.ts'
import { revocationsRoute } from './http/revocations.route.ts'
import { signingKeysRoute } from './http/signing-keys.route.ts'
import { usageRoute } from './http/usage.route.ts'
import { validateRoute } from './http/validate.route.ts'
import type { CountUsage } from './workers/count-usage.ts'
import type { RevocationFeed } from './workers/revocation-feed.ts'
import type { SigningKeys } from './workers/signing-keys.ts'
import { createValidateLicense } from './workers/validate-license.ts'

export interface ValidationRoutesDeps {
  readonly config: Pick<
    LicensingConfig,
    'validationsPerLicense' | 'missesPerAddress' | 'leaseIssuer' | 'leaseHours'
  >
  readonly store: Store
  readonly keys: LicenseKeys
  readonly usage: CountUsage
  readonly signing: SigningKeys
  readonly revocations: RevocationFeed
  readonly onVerdict: (valid: boolean) => void
  readonly find: FindLicense
  readonly authorize: Authorize
  readonly clock: () => Date
  readonly newId: () => string
}

/** The part of the API that the sold software talks to. */
export const registerValidation = (server: FastifyInstance, deps: ValidationRoutesDeps): void => {
  const { store, config, keys, usage, signing, revocations, onVerdict, find, authorize, clock, newId } = deps
  validateRoute(server, {
    validate: createValidateLicense({
      ...createValidationReads(store),
      hashTyped: keys.hashTyped,
      limits: createRateLimits({
        perLicense: config.validationsPerLicense,
        missesPerAddress: config.missesPerAddress,
      }),
      usage,
      signLease: (claims) => signing.sign(claims, LEASE_TYPE),
      leaseTerms: { issuer: config.leaseIssuer, leaseSeconds: config.leaseHours * 3600 },
      newId,
      onVerdict,
      clock,
    }),
  })
  keysetRoute(server, { keyset: signing.keyset })
  revocationsRoute(server, { since: revocations.since })
  signingKeysRoute(server, { signing, authorize })
  usageRoute(server, { find, list: (id, months) => listUsage(store, id, months), authorize })
}
