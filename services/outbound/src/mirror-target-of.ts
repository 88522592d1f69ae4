import type { HttpCaller } from './adapters/http-caller.ts'
import { createKeygenMirror } from './adapters/keygen-mirror.ts'
import type { MirrorTarget } from './adapters/mirror-target.ts'
import { createRestMirror } from './adapters/rest-mirror.ts'
import type { OutboundConfig } from './config.ts'

/** The outside license server that the configuration names; null = none. */
export const mirrorTargetOf = (config: OutboundConfig, caller: HttpCaller): MirrorTarget | null => {
  if (config.mirrorKind === 'none') return null
  const common = { caller, baseUrl: config.mirrorUrl, token: config.mirrorToken }
  return config.mirrorKind === 'rest'
    ? createRestMirror({
        ...common,
        productId: config.mirrorProductId,
        customerEmail: config.mirrorCustomerEmail,
      })
    : createKeygenMirror({ ...common, account: config.keygenAccount, policies: config.keygenPolicies })
}
