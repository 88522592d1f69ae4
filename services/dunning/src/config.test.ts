import { describe, expect, it } from '@jest/globals'
import { config } from './config.ts'

describe('the configuration of dunning', () => {
  it('needs nothing: every key has a default for this machine', () => {
    expect(config.load({})).toMatchObject({
      httpPort: 8789,
      opsPort: 9789,
      mongodbDatabase: 'keyflow_dunning',
    })
  })

  it('shows no token in the summary for the boot log', () => {
    const shown = config.summary(config.load({ OPERATOR_TOKEN: 'token-of-operators' }))
    expect(JSON.stringify(shown)).not.toContain('token-of-operators')
  })
})
