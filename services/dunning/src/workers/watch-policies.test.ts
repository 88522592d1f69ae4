import { describe, expect, it } from '@jest/globals'
import { createLogger } from '@keyflow/runtime'
import { CALENDAR, SHIPPED } from '../../test/memory-dunning.ts'
import { QUICK_POLICY } from '../../test/quick-policy.ts'
import { readPolicies } from '../adapters/policy-file.ts'
import type { Policy } from '../domain/policy.ts'
import { createPolicyWatch } from './watch-policies.ts'

const watched = () => {
  const kept = new Map<string, Policy>(SHIPPED.current.map(({ hash, policy }) => [hash, policy]))
  const state = { text: QUICK_POLICY, inForce: ['default'] as readonly string[], retired: 0 }
  const look = createPolicyWatch({
    read: () => readPolicies(state.text, CALENDAR),
    current: SHIPPED.current,
    keep: async (policies) => {
      for (const { hash, policy } of policies) kept.set(hash, policy)
    },
    loadKept: async () => kept,
    adopt: ({ current, retired }) => {
      state.inForce = current.map(({ policy }) => policy.id)
      state.retired = retired.size
    },
    logger: createLogger({ service: 'test', level: 'silent' }),
  })
  return { state, look }
}

describe('a file of policies that changes', () => {
  it('is kept at one look and in force from the next: by then every replica can read it', async () => {
    const { state, look } = watched()
    await look()
    expect(state).toMatchObject({ inForce: ['default'], retired: 2 })
    await look()
    expect(state).toMatchObject({ inForce: ['quick'], retired: 2 })
  })

  it('changes nothing while it has errors', async () => {
    const { state, look } = watched()
    state.text = QUICK_POLICY.replace('match: {}', 'match: { country: [DE] }')
    for (let n = 0; n < 3; n += 1) await look()
    expect(state).toMatchObject({ inForce: ['default'] })
    state.text = QUICK_POLICY
    for (let n = 0; n < 2; n += 1) await look()
    expect(state.inForce).toEqual(['quick'])
  })

  it('that is written differently and says the same is the same', async () => {
    const { state, look } = watched()
    for (let n = 0; n < 2; n += 1) await look()
    state.text = `# a remark\n${QUICK_POLICY}`
    await look()
    expect(state).toMatchObject({ inForce: ['quick'], retired: 2 })
  })
})
