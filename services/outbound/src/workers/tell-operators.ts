import { delay, failureCode, type Logger, type PostAlert, type Store } from '@keyflow/runtime'
import { claimNotice, noticeGiven } from '../adapters/mongo-endpoints.ts'
import type { Endpoint } from '../domain/endpoint.ts'

interface TellOperatorsOptions {
  readonly store: Store
  readonly post: PostAlert
  readonly logger: Logger
}

/** Also how long after a failure it is tried again. */
const LEASE_MS = 60_000
const LOOK_MS = 2000

/**
 * Tells operators of every endpoint that was disabled. That it is owed stands in the database with the endpoint: it is told
 * although the process that disabled it has died, or the channel was away.
 */
export const startTellingOperators = (
  options: TellOperatorsOptions,
): { readonly stop: () => Promise<void> } => {
  const { store, post, logger } = options
  const stopping = new AbortController()
  const tellAll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const endpoint = await claimNotice(store, LEASE_MS)
      if (endpoint === null) return
      await post(noticeOf(endpoint))
      await noticeGiven(store, endpoint)
    }
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await tellAll().catch((error: unknown) =>
        logger.warn({ code: failureCode(error) }, 'webhook.operators_not_told'),
      )
      await delay(LOOK_MS, stopping.signal)
    }
  }
  const running = loop()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** Without its address, which may hold a secret. */
const noticeOf = ({ id, description, disabledFor, failingSince, failures }: Endpoint): string => {
  const name = description === '' ? id : `${id} (${description})`
  const why =
    disabledFor === 'gone'
      ? 'its receiver answered 410: gone for good'
      : `it has taken nothing since ${new Date(failingSince ?? 0).toISOString()}, ${failures} attempts failed`
  return `Webhook endpoint ${name} was disabled: ${why}. What comes meanwhile is kept for 30 days. Look with \`keyflow webhooks deliveries ${id}\`; when it is mended, \`keyflow webhooks enable ${id}\` and \`keyflow webhooks redeliver ${id} --since …\`.`
}
