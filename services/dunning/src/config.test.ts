import { describe, expect, it } from '@jest/globals'
import { config } from './config.ts'

const PERSONAL_MASTER_KEYS = `test:${Buffer.alloc(32, 5).toString('base64')}`

describe('the configuration of dunning', () => {
  it('needs nothing but the master keys: the rest has a default for this machine', () => {
    expect(config.load({ PERSONAL_MASTER_KEYS })).toMatchObject({
      httpPort: 8789,
      opsPort: 9789,
      mongodbDatabase: 'keyflow_dunning',
    })
  })

  it('shows no token in the summary for the boot log', () => {
    const shown = config.summary(config.load({ PERSONAL_MASTER_KEYS, OPERATOR_TOKEN: 'token-of-operators' }))
    expect(JSON.stringify(shown)).not.toContain('token-of-operators')
  })
})
