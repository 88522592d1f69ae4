import { randomInt } from 'node:crypto'
import type { ICustomPartitioner } from 'kafkajs'

const SEED = 0x9747b28c
const M = 0x5bd1e995

/** MurmurHash2, 32 bits, as the Java client computes it. */
const murmur2 = (data: Uint8Array): number => {
  const length = data.length
  const tail = length & ~3
  let hash = SEED ^ length
  for (let i = 0; i < tail; i += 4) {
    let word =
      (data[i] as number) |
      ((data[i + 1] as number) << 8) |
      ((data[i + 2] as number) << 16) |
      ((data[i + 3] as number) << 24)
    word = Math.imul(word, M)
    word ^= word >>> 24
    hash = Math.imul(hash, M) ^ Math.imul(word, M)
  }
  const left = length & 3
  if (left === 3) hash ^= (data[tail + 2] as number) << 16
  if (left >= 2) hash ^= (data[tail + 1] as number) << 8
  if (left >= 1) hash = Math.imul(hash ^ (data[tail] as number), M)
  hash ^= hash >>> 13
  hash = Math.imul(hash, M)
  return hash ^ (hash >>> 15)
}

/**
 * The partition that the Java client and kafkajs's default would choose, so that any tool that writes the same key meets
 * it. kafkajs computes the hash with big integers, at ten times the cost. Records without a key take turns.
 */
export const partitionByKey: ICustomPartitioner = () => {
  let turn = randomInt(0x7fffffff)
  return ({ partitionMetadata, message }) => {
    if (message.partition !== undefined) return message.partition
    const { key } = message
    if (key !== null && key !== undefined) {
      const hash = murmur2(typeof key === 'string' ? Buffer.from(key) : key)
      return (hash & 0x7fffffff) % partitionMetadata.length
    }
    const led = partitionMetadata.filter(({ leader }) => leader >= 0)
    const candidates = led.length > 0 ? led : partitionMetadata
    turn = (turn + 1) & 0x7fffffff
    return candidates[turn % candidates.length]?.partitionId ?? 0
  }
}
