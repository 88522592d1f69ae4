import type { ActivatedResponse, ActivationListResponse, ActivationResponse } from '@keyflow/contracts'
import { type Activation, type Activations, limitOf, placesOf } from '../domain/activations.ts'
import type { License } from '../domain/license.ts'
import type { Added } from '../workers/place-license.ts'

export type IdentifyActivation = (licenseId: string, place: Activation) => string

const toView = (
  id: string,
  { kind, value, at }: Activation,
  rank: number,
  limit: number,
): ActivationResponse => ({
  id,
  kind,
  value,
  activated_at: new Date(at).toISOString(),
  rank,
  within_limit: rank <= limit,
})

export const toActivated = (
  license: License,
  { standing }: Extract<Added, { kind: 'active' }>,
  identify: IdentifyActivation,
): ActivatedResponse => {
  const { activation, rank, used } = standing
  const limit = limitOf(license, activation.kind)
  return { activation: toView(identify(license.id, activation), activation, rank, limit), limit, used }
}

export const toActivationList = (
  license: License,
  activations: Activations,
  identify: IdentifyActivation,
): ActivationListResponse => {
  const list = (kind: Activation['kind']) => {
    const limit = limitOf(license, kind)
    const places = placesOf(activations, kind)
    return {
      use: { limit, used: places.length },
      views: places.map((one, i) => toView(identify(license.id, one), one, i + 1, limit)),
    }
  }
  const [domains, machines] = [list('domain'), list('machine')]
  return {
    activations: [...domains.views, ...machines.views],
    domains: domains.use,
    machines: machines.use,
  }
}
