import { describe, expect, it } from '@jest/globals'
import { keyInMail } from './inbox-client.ts'

describe('the license key in a mail', () => {
  it('is found in the text around it', () => {
    const text = 'Hello Ada,\n\n    KF-67N2SG-Z4K0YX-HMARWF-F73JDZ-CC1NTA-F070\n\nKeep this mail.'
    expect(keyInMail(text)).toBe('KF-67N2SG-Z4K0YX-HMARWF-F73JDZ-CC1NTA-F070')
  })

  it('is not seen where there is none', () => {
    expect(keyInMail('Your license was suspended. KFC-1')).toBeUndefined()
  })
})
