import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { type ActivationStanding, normalizeDomain } from '@keyflow/client/protocol'
import type { VerdictVector } from '../../../../packages/client/test/verdict-vectors.ts'
import { createRateLimits } from '../../src/adapters/rate-limits.ts'
import type { Activation, Activations } from '../../src/domain/activations.ts'
import { DEFAULT_VALIDATION } from '../../src/domain/catalog.ts'
import type { ValidatedLicense } from '../../src/domain/judged-license.ts'
import { createValidateLicense } from '../../src/workers/validate-license.ts'

const FILE = new URL('../../../../packages/client/vectors/verdicts.json', import.meta.url)
const VECTORS = (JSON.parse(readFileSync(FILE, 'utf8')) as { vectors: VerdictVector[] }).vectors

/** A license as it is stored that has what a vector says. */
const stored = ({ license }: VerdictVector): ValidatedLicense | null => {
  if (license === null) return null
  const standing = license.domain ?? license.machine
  const seats = license.machine?.kind === 'seat' ? (license.machine.limit ?? 1) : 1
  return {
    id: 'license',
    scope: { account: 'platform', livemode: license.livemode },
    version: 1,
    billing: license.standing,
    reason: license.reason,
    validThrough: license.validThrough,
    trialEndsAt: license.trialEndsAt,
    cancelAt: license.cancelAt,
    ...(license.graceEndsAt === null ? {} : { graceEndsAt: license.graceEndsAt }),
    ...(license.maintenanceEndsAt === null ? {} : { maintenanceEndsAt: license.maintenanceEndsAt }),
    quantity: seats,
    upcoming: null,
    terms: {
      productId: license.productId,
      tier: 'pro',
      maxDomains: license.domain?.limit ?? 10,
      maxMachines: (license.machine?.limit ?? 10) / seats,
      features: license.features,
      validity: { kind: 'perpetual' },
      validation: {
        ...DEFAULT_VALIDATION,
        binding: license.binding,
        mayExceed: standing?.mayExceed ?? false,
        heartbeatSeconds: standing?.heartbeat?.everySeconds ?? null,
      },
    },
    axes: { billing: license.standing, billingReason: null, overlay: 'none', override: 'none' },
    updatedAt: 0,
    ...(license.rotated === null
      ? {}
      : {
          shownKey: {
            version: 1,
            rotatedAt: license.rotated.at * 1000,
            overlapEndsAt: license.rotated.overlapEndsAt * 1000,
          },
        }),
  }
}

/** As many places as are in use, the one that asks at its rank. */
const placesOf = ({ license, question }: VerdictVector): Activations => {
  const taken = (kind: Activation['kind'], standing: ActivationStanding | null | undefined, value: string) =>
    Array.from({ length: standing?.used ?? 0 }, (_, i) => ({
      kind,
      value: i + 1 === standing?.rank ? value : `place-${i}.example`,
      seq: i + 1,
      at: 0,
    }))
  const places = [
    ...taken('domain', license?.domain, normalizeDomain(question.domain ?? '') ?? ''),
    ...taken('machine', license?.machine, question.fingerprint ?? ''),
  ]
  return { seq: places.length, places, gone: [], goneThrough: 0 }
}

describe('acceptance: the server agrees with the conformance vectors', () => {
  it.each(VECTORS)('$name', async (vector) => {
    const { license, question, at, expected } = vector
    const used: string[] = []
    const validate = createValidateLicense({
      hashTyped: () => 'hash',
      findByKeyHash: async () => stored(vector),
      findPlaces: async () => placesOf(vector),
      findHeartbeat: async () => (license?.domain ?? license?.machine)?.heartbeat?.lastAt ?? null,
      limits: createRateLimits({ perLicense: 10, missesPerAddress: 10 }),
      usage: { count: (id) => used.push(id), used: async () => 0, stop: async () => {} },
      signLease: async (claims) => JSON.stringify(claims),
      leaseTerms: { issuer: 'keyflow', leaseSeconds: 3600 },
      newId: () => 'id',
      onVerdict: () => {},
      clock: () => new Date(at * 1000),
    })
    const answer = await validate('KF-…', question, { address: '192.0.2.1', nonce: null, lease: true })
    expect(answer).toMatchObject({ kind: 'verdict', verdict: expected })
    expect(answer.kind === 'verdict' && answer.lease !== null).toBe(expected.valid)
    expect(used).toHaveLength(license === null ? 0 : 1)
  })
})
