import { type ConsumerService, inTransaction } from '@keyflow/runtime'
import { applyEndpointRecords } from '../adapters/mongo-endpoints.ts'
import { decodeRecord } from './decode-record.ts'

/**
 * In a database that was begun anew: all endpoints are there before the first event is read, in whatever order the topics come.
 * So what each of them was told is listed again, and can be sent again.
 */
export const recallEndpoints = async (
  { store, follow }: Pick<ConsumerService, 'store' | 'follow'>,
  topic: string,
  clock: () => Date,
): Promise<void> => {
  let isOver = false
  const { caughtUp } = await follow(topic, async (records) => {
    if (isOver) return
    const wanted = records.flatMap((record) => {
      const decoded = decodeRecord(record)
      return decoded.kind === 'item' && decoded.item.kind === 'endpoint' ? [decoded.item.record] : []
    })
    await inTransaction(store, (session) => applyEndpointRecords({ store, session, now: clock() }, wanted))
  })
  await caughtUp
  // From here on they come like everything else.
  isOver = true
}
