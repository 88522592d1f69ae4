import { LEASE_TYPE } from '@keyflow/client/protocol'
import type { FastifyInstance, Store } from '@keyflow/runtime'
import type { LicenseKeys } from './adapters/crypto-license-keys.ts'
import { findHeartbeat, writeHeartbeat } from './adapters/mongo-heartbeats.ts'
import { listUsage } from './adapters/mongo-usage.ts'
import { createValidationReads } from './adapters/mongo-validation.ts'
import type { RateLimits } from './adapters/rate-limits.ts'
import type { LicensingConfig } from './config.ts'
import type { Authorize } from './http/authorize.ts'
import type { FindKeyed } from './http/find-keyed.ts'
import type { FindLicense } from './http/find-license.ts'
import { heartbeatRoute } from './http/heartbeat.route.ts'
import type { Idempotency } from './http/idempotency.ts'
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
  readonly config: Pick<LicensingConfig, 'leaseIssuer' | 'leaseHours'>
  readonly store: Store
  readonly keys: LicenseKeys
  readonly usage: CountUsage
  readonly signing: SigningKeys
  readonly revocations: RevocationFeed
  readonly onVerdict: (valid: boolean) => void
  readonly limits: RateLimits
  readonly find: FindLicense
  readonly findKeyed: FindKeyed
  readonly authorize: Authorize
  readonly idempotency: Idempotency
  readonly clock: () => Date
  readonly newId: () => string
}

/** The part of the API that the sold software talks to. */
export const registerValidation = (server: FastifyInstance, deps: ValidationRoutesDeps): void => {
  const { store, config, keys, usage, signing, revocations, onVerdict, clock, newId } = deps
  const { limits, find, findKeyed, authorize } = deps
  const reads = createValidationReads(store)
  validateRoute(server, {
    validate: createValidateLicense({
      ...reads,
      hashTyped: keys.hashTyped,
      limits,
      findHeartbeat: (id, place) => findHeartbeat(store, id, place),
      usage,
      signLease: (claims) => signing.sign(claims, LEASE_TYPE),
      leaseTerms: { issuer: config.leaseIssuer, leaseSeconds: config.leaseHours * 3600 },
      newId,
      onVerdict,
      clock,
    }),
  })
  heartbeatRoute(server, {
    findKeyed,
    findPlaces: reads.findPlaces,
    write: (id, place, at) => writeHeartbeat(store, id, place, at),
    clock,
  })
  keysetRoute(server, { keyset: signing.keyset })
  revocationsRoute(server, { since: revocations.since })
  signingKeysRoute(server, { signing, authorize, idempotency: deps.idempotency })
  usageRoute(server, { find, list: (id, months) => listUsage(store, id, months), authorize })
}
