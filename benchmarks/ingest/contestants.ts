import { type ServerProcess, startServer } from './server-process.ts'
import { SECRET } from './signed-requests.ts'

export const CONTESTANTS = ['floorNode', 'floorStripe', 'handler', 'tutorial', 'keyflow'] as const
export type Contestant = (typeof CONTESTANTS)[number]

export const TITLES: Readonly<Record<Contestant, string>> = {
  floorNode: 'floor: node:crypto over the bytes, 200',
  floorStripe: 'floor: constructEvent of stripe, 200',
  handler: 'tutorial handler: MongoDB before the 200',
  tutorial: 'tutorial ingest: one send a request',
  keyflow: 'keyflow ingest',
}

export interface KafkaPlace {
  readonly brokers: readonly string[]
  readonly prefix: string
}

/** Where the contestants keep what they keep. */
export interface Places extends KafkaPlace {
  readonly mongoUrl: string
}

const TOPIC = 'stripe.events'

export const topicOf = ({ prefix }: KafkaPlace): string => prefix + TOPIC

const keyflowEnv = ({ brokers, prefix }: KafkaPlace): NodeJS.ProcessEnv => ({
  STRIPE_WEBHOOK_SECRET: SECRET,
  KAFKA_BROKERS: brokers.join(','),
  TOPIC_PREFIX: prefix,
  READY_PATH: '/readyz',
})

/** Starts one contestant; Keyflow runs as in production, with its log line for each webhook. */
export const startContestant = (contestant: Contestant, places: Places): Promise<ServerProcess> => {
  const tutorial = { KAFKA_BROKERS: places.brokers.join(','), TOPIC: `${places.prefix}tutorial.events` }
  switch (contestant) {
    case 'floorNode':
      return startServer(contestant, './servers/verify-only.ts', { env: { VERIFY_WITH: 'node' } })
    case 'floorStripe':
      return startServer(contestant, './servers/verify-only.ts', { env: { VERIFY_WITH: 'stripe' } })
    case 'handler':
      return startServer(contestant, './servers/tutorial-handler.ts', {
        env: { MONGODB_URL: places.mongoUrl, MONGODB_DATABASE: `${places.prefix}handler` },
      })
    case 'tutorial':
      return startServer(contestant, './servers/tutorial-ingest.ts', { env: tutorial })
    case 'keyflow':
      return startServer(contestant, '../../services/ingest/src/main.ts', { env: keyflowEnv(places) })
  }
}
