import { KeyflowError } from '../errors/classify.ts'
import { connectStore } from '../mongo/client.ts'
import { readGeneration, writeGeneration } from '../mongo/generation.ts'

/**
 * Lets a service whose database was lost read the log again from its beginning, under a group of its own, and keep quiet
 * about everything that happened before: for services whose effects are messages to people. Refused for a database
 * that is not lost.
 */
export const startOver = async (options: {
  readonly mongodbUrl: string
  readonly database: string
  readonly groupId: string
  /** Also names the group: no two calls have the same. */
  readonly now: Date
  /** Nobody is told of what is older; absent = `now`. */
  readonly quietBefore?: Date
}): Promise<void> => {
  const store = await connectStore({
    url: options.mongodbUrl,
    database: options.database,
    appName: 'keyflow-start-over',
  })
  try {
    if ((await readGeneration(store)) !== null)
      throw new KeyflowError('invalid', 'DATABASE_IN_USE', `the database ${options.database} is not lost`)
    await writeGeneration(store, {
      state: 'live',
      group: `${options.groupId}.${options.now.getTime()}`,
      next: null,
      quietBefore: options.quietBefore ?? options.now,
    })
  } finally {
    await store.client.close()
  }
}
