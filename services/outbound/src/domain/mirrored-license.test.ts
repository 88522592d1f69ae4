import { describe, expect, it } from '@jest/globals'
import { differences, isUsable } from './mirrored-license.ts'

describe('what differs on an outside server', () => {
  it('is named, whatever order a list has and however an instant is written', () => {
    const wanted = { tier: 'pro', features: ['a', 'b'], until: '2026-12-24T00:00:00.000Z', end: null }
    expect(
      differences(wanted, { ...wanted, features: ['b', 'a'], until: '2026-12-24T01:00:00+01:00' }),
    ).toEqual([])
    expect(differences(wanted, { ...wanted, tier: 'free', features: ['a'] })).toEqual(['tier', 'features'])
    expect(differences(wanted, { ...wanted, end: '2026-12-24T00:00:00Z' })).toEqual(['end'])
  })

  it('is not what the server does not show', () => {
    expect(differences({ tier: 'pro', features: [] }, { tier: 'pro' })).toEqual([])
  })

  it('may be used only while it is active or in grace', () => {
    const usable = (['pending', 'active', 'grace', 'expired', 'suspended', 'revoked'] as const).filter(
      (status) => isUsable({ status }),
    )
    expect(usable).toEqual(['active', 'grace'])
  })
})
