import { KeyflowError } from '@keyflow/runtime'
import type { HttpCaller } from './adapters/http-caller.ts'
import { createKeygenMirror } from './adapters/keygen-mirror.ts'
import type { MirrorTarget } from './adapters/mirror-target.ts'
import { createRestMirror } from './adapters/rest-mirror.ts'
import type { OutboundConfig } from './config.ts'

/** The outside license server that the configuration names; null = none. Throws when it says half of one. */
export const mirrorTargetOf = (config: OutboundConfig, caller: HttpCaller): MirrorTarget | null => {
  if (config.mirrorKind === 'none') return null
  const missing = [
    config.mirrorUrl === '' ? 'MIRROR_URL' : null,
    config.mirrorToken === '' ? 'MIRROR_TOKEN' : null,
    config.mirrorKind === 'keygen' && config.keygenAccount === '' ? 'MIRROR_KEYGEN_ACCOUNT' : null,
    config.mirrorKind === 'keygen' && config.keygenPolicies.size === 0 ? 'MIRROR_KEYGEN_POLICIES' : null,
  ].filter((name) => name !== null)
  if (missing.length > 0)
    throw new KeyflowError('invalid', 'MIRROR_INCOMPLETE', `MIRROR_KIND needs ${missing.join(', ')} as well`)
  const common = { caller, baseUrl: config.mirrorUrl, token: config.mirrorToken }
  return config.mirrorKind === 'rest'
    ? createRestMirror({
        ...common,
        productId: config.mirrorProductId,
        customerEmail: config.mirrorCustomerEmail,
      })
    : createKeygenMirror({ ...common, account: config.keygenAccount, policies: config.keygenPolicies })
}
