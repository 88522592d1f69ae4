import type { ConsumerServiceOptions } from '../consumer/consumer-service.ts'
import { connectStore, type Store } from '../mongo/client.ts'
import { followGenerations } from '../mongo/generation.ts'
import type { Rebuild } from './open-rebuild.ts'
import { switchDatabase } from './switch-database.ts'

export interface Compared<Digest> {
  readonly live: Digest
  readonly rebuilt: Digest
  readonly isSame: boolean
  /** Ids of what differs, the first hundred. */
  readonly different: readonly string[]
}

export interface Replacement<Digest> {
  /** Digests of both. While events come in, two looks at moving databases can differ for moments. */
  readonly compare: () => Promise<Compared<Digest>>
  /** Puts it in force, with services running or not. `last` runs while nobody folds, before services may open it. */
  readonly switchOver: (last: (retired: Store) => Promise<void>) => Promise<void>
  readonly close: () => Promise<void>
}

export interface ReplacementOptions<Digest> {
  readonly config: ConsumerServiceOptions<unknown>['config']
  /** Name of the database that was rebuilt. */
  readonly into: string
  readonly groupId: string
  readonly topics: readonly string[]
  readonly digest: (store: Store) => Promise<Digest>
  readonly isSame: (live: Digest, rebuilt: Digest) => boolean
  readonly findDifferent: (live: Store, rebuilt: Store, most: number) => Promise<readonly string[]>
}

const MOST_DIFFERENCES = 100

/** What is done with a rebuilt database: it is held against the one in force, and takes its place. Closes the rebuild too. */
export const openReplacement = async <Digest>(
  rebuild: Rebuild,
  options: ReplacementOptions<Digest>,
): Promise<Replacement<Digest>> => {
  const { config, into, groupId, topics, digest } = options
  const named = await connectStore({
    url: config.mongodbUrl,
    database: config.mongodbDatabase,
    appName: 'keyflow-rebuild',
  })
  return {
    compare: async () => {
      const { store: live } = await followGenerations(named)
      const [before, rebuilt] = [await digest(live), await digest(rebuild.store)]
      const isSame = options.isSame(before, rebuilt)
      const different = isSame ? [] : await options.findDifferent(live, rebuild.store, MOST_DIFFERENCES)
      return { live: before, rebuilt, isSame, different }
    },
    switchOver: (last) =>
      switchDatabase({
        kafka: rebuild.kafka,
        mongodbUrl: config.mongodbUrl,
        configured: config.mongodbDatabase,
        into,
        groupId,
        topics,
        meanwhile: async (retired) => {
          await last(retired)
          await rebuild.release()
        },
      }),
    close: async () => {
      await rebuild.close()
      await named.client.close()
    },
  }
}
