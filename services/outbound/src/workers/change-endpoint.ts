import {
  keyflowHeaders,
  type OutgoingEventType,
  type RecordHeaders,
  TOPICS,
  type WebhookEndpointRecord,
} from '@keyflow/contracts'
import { ProblemError, pollFor, type RecordPublisher, type Store } from '@keyflow/runtime'
import { findEndpoint } from '../adapters/mongo-endpoints.ts'
import type { SecretBox } from '../adapters/secret-box.ts'
import type { Endpoint } from '../domain/endpoint.ts'

export interface ChangeEndpointDeps {
  readonly store: Store
  readonly publisher: RecordPublisher
  /** Full name of the topic of endpoints. */
  readonly topic: string
  readonly secrets: SecretBox
  readonly clock: () => Date
  readonly newId: () => string
}

export interface Audit {
  readonly actor: string
  readonly reason: string
}

export interface EndpointWish {
  readonly url: string
  readonly description: string
  readonly eventTypes: readonly OutgoingEventType[] | null
  readonly livemode: boolean | null
  readonly enabled: boolean
}

const UNTIL_FOLDED = { withinMs: 10_000, everyMs: 20 }
const HOUR_MS = 3_600_000

/**
 * Every change of an endpoint is a record in the log, which is then folded like any other: endpoints survive the loss of the
 * database, and say who changed them and why. Resolves when the change is in force.
 */
export const createChangeEndpoint = (deps: ChangeEndpointDeps) => {
  const publish = async (record: WebhookEndpointRecord): Promise<Endpoint> => {
    await deps.publisher.publish({
      topic: deps.topic,
      key: record.id,
      value: JSON.stringify(record),
      headers: headersOf(record),
    })
    const folded = async () => {
      const known = await findEndpoint(deps.store, record.id)
      return known !== null && known.version >= record.version ? known : undefined
    }
    const known = await pollFor(folded, UNTIL_FOLDED)
    if (known === undefined) throw new ProblemError('unavailable')
    if (known.version === record.version && known.changeId !== record.changeId)
      throw new ProblemError(
        'conflict',
        'Somebody else changed the endpoint at the same moment: look, and try again.',
      )
    return known
  }

  const existing = async (id: string): Promise<Endpoint> => {
    const known = await findEndpoint(deps.store, id)
    if (known === null || known.deleted) throw new ProblemError('not-found', 'No endpoint has this id.')
    return known
  }

  const change = async (
    id: string,
    audit: Audit,
    changed: Partial<WebhookEndpointRecord>,
  ): Promise<Endpoint> => {
    const { failingSince: _f, failures: _n, disabledFor: _d, disabledAt: _a, ...before } = await existing(id)
    return publish({
      ...before,
      ...changed,
      ...audit,
      version: before.version + 1,
      changeId: deps.newId(),
      updatedAt: deps.clock().toISOString(),
    })
  }

  return {
    existing,
    change,

    /** The secret is shown this once. */
    create: async (wish: EndpointWish, audit: Audit) => {
      const id = `we_${deps.newId()}`
      const now = deps.clock().toISOString()
      const { plain, kept } = deps.secrets.make(id, now)
      const endpoint = await publish({
        id,
        version: 1,
        changeId: deps.newId(),
        ...wish,
        eventTypes: wish.eventTypes === null ? null : [...wish.eventTypes],
        deleted: false,
        secrets: [kept],
        createdAt: now,
        updatedAt: now,
        ...audit,
      })
      return { endpoint, secret: plain }
    },

    /** The secret that it takes the place of signs on for some hours, so that a receiver can change over when it likes. */
    rotateSecret: async (id: string, overlapHours: number, audit: Audit) => {
      const { secrets } = await existing(id)
      const now = deps.clock()
      const until = new Date(now.getTime() + overlapHours * HOUR_MS).toISOString()
      const { plain, kept } = deps.secrets.make(id, now.toISOString())
      const older = secrets
        .filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > now.getTime())
        .map((secret) => ({ ...secret, expiresAt: earlier(secret.expiresAt, until) }))
        .filter(({ expiresAt }) => Date.parse(expiresAt) > now.getTime())
      const endpoint = await change(id, audit, { secrets: [kept, ...older] })
      return { endpoint, secret: plain }
    },
  }
}
export type ChangeEndpoint = ReturnType<typeof createChangeEndpoint>

const earlier = (a: string | null, b: string): string => (a === null || b < a ? b : a)

const headersOf = (record: WebhookEndpointRecord): RecordHeaders =>
  keyflowHeaders({
    id: `${record.id}:${record.version}`,
    source: 'keyflow/outbound/api',
    type: TOPICS.webhookEndpoints.name,
    subject: record.id,
    at: record.updatedAt,
  })
