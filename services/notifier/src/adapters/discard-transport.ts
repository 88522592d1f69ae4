import type { SmtpTransport } from './smtp-transport.ts'

/** Where mail of test mode goes when there is no sink: rendered and recorded like any other, and read by nobody. */
export const createDiscardTransport = (): SmtpTransport => ({
  deliver: async (parcel) => {
    try {
      return (await parcel.content()) === null ? { kind: 'withheld', error: null } : { kind: 'accepted' }
    } catch (error) {
      return { kind: 'withheld', error }
    }
  },
  close: () => {},
})
