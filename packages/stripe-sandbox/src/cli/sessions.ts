import type { Route } from '../http/route.ts'
import { newId } from '../identifiers.ts'
import { NEWEST_VERSION } from '../render/versions.ts'

/** Sessions remembered: a `listen` that reconnects after more than these asks for a new one by itself. */
const CAPACITY = 100

/** Seconds after which a client renews its connection on its own. */
const RECONNECT_DELAY = 3_600

export interface CliSessions {
  readonly isKnown: (websocketId: string) => boolean
  readonly routes: readonly Route[]
}

/** The first call of `stripe listen`: hands out the signing secret and the address of the websocket. */
export const createCliSessions = (secret: string, websocketUrl: () => string): CliSessions => {
  const known = new Set<string>()

  const open = (): string => {
    const id = newId('cliws')
    known.add(id)
    const [oldest] = known
    if (known.size > CAPACITY && oldest !== undefined) known.delete(oldest)
    return id
  }

  return {
    isKnown: (websocketId) => known.has(websocketId),
    routes: [
      {
        method: 'POST',
        path: '/v1/stripecli/sessions',
        handle: () => ({
          json: {
            websocket_id: open(),
            websocket_url: websocketUrl(),
            websocket_authorized_feature: 'webhooks',
            default_version: NEWEST_VERSION,
            device_token: '',
            display_connect_filter_warning: false,
            latest_version: NEWEST_VERSION,
            reconnect_delay: RECONNECT_DELAY,
            secret,
          },
        }),
      },
    ],
  }
}
