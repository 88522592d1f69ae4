import { crc32c } from './crc32c.ts'

type Bytes = Buffer | string | null | undefined

export interface ProducedMessage {
  readonly key?: Bytes
  readonly value: Bytes
  readonly headers?: Readonly<Record<string, Bytes | readonly Bytes[]>>
}

export interface ProducedTopic {
  readonly topic: string
  readonly partitions: readonly {
    readonly partition: number
    readonly messages: readonly ProducedMessage[]
  }[]
}

/** A request's body, with unused bytes before it for the request's head. */
export interface EncodedBody {
  readonly bytes: Buffer
  /** Where the body begins. */
  readonly start: number
}

/** More than the head of a request takes: its length, key, version, correlation id and the client's name. */
const HEAD_ROOM = 512

export interface ProducedBody {
  readonly acks: number
  /** Milliseconds that the broker may wait for its replicas. */
  readonly timeout: number
  readonly topicData: readonly ProducedTopic[]
}

/** From the first offset to the number of records: what stands before the records of a batch (magic 2). */
const BATCH_HEAD = 61
/** Where the bytes begin that the checksum covers: the attributes. */
const CHECKED_FROM = 21
const MAGIC = 2
const NO_PRODUCER = 0xffffffff

const sizeOf = (value: Bytes): number =>
  value === null || value === undefined
    ? -1
    : typeof value === 'string'
      ? Buffer.byteLength(value)
      : value.length

/** Bytes of a zigzag varint of a number that is not negative, or of -1 (a null). */
const varintSize = (value: number): number => {
  if (value < 64) return 1
  if (value < 8192) return 2
  return value < 1_048_576 ? 3 : value < 134_217_728 ? 4 : 5
}

const sizedSize = (size: number): number => varintSize(size) + Math.max(0, size)

/** Header names are few: each is encoded once, with its length before it. */
const encodedNames = new Map<string, Buffer>()
const MOST_NAMES = 1000

const encodedName = (name: string): Buffer => {
  const known = encodedNames.get(name)
  if (known !== undefined) return known
  const size = Buffer.byteLength(name)
  const encoded = Buffer.alloc(sizedSize(size))
  encoded.write(name, writeVarint(encoded, 0, size))
  if (encodedNames.size < MOST_NAMES) encodedNames.set(name, encoded)
  return encoded
}

const writeVarint = (into: Buffer, at: number, value: number): number => {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  let next = at
  for (; rest > 0x7f; rest >>>= 7) {
    into[next] = (rest & 0x7f) | 0x80
    next += 1
  }
  into[next] = rest
  return next + 1
}

/** Short texts are nearly always ASCII, and then a loop here is faster than a call into the runtime. */
const SHORT = 48

const writeText = (into: Buffer, at: number, text: string, size: number): number => {
  if (size === text.length && size <= SHORT) {
    for (let i = 0; i < size; i += 1) into[at + i] = text.charCodeAt(i)
    return at + size
  }
  return at + into.write(text, at, size, 'utf8')
}

const writeSized = (into: Buffer, at: number, value: Bytes, size: number): number => {
  const start = writeVarint(into, at, size)
  if (value === null || value === undefined) return start
  if (typeof value === 'string') return writeText(into, start, value, size)
  into.set(value, start)
  return start + size
}

interface SizedRecord {
  readonly message: ProducedMessage
  readonly headers: readonly (readonly [name: Buffer, value: Bytes, size: number])[]
  readonly keySize: number
  readonly valueSize: number
  /** Of the record without its own length before it. */
  readonly size: number
}

const measure = (message: ProducedMessage, offset: number): SizedRecord => {
  const headers: [Buffer, Bytes, number][] = []
  let headersSize = 0
  const add = (name: Buffer, value: Bytes): void => {
    const size = sizeOf(value)
    headers.push([name, value, size])
    headersSize += name.length + sizedSize(size)
  }
  for (const name in message.headers) {
    const value = message.headers[name]
    if (Array.isArray(value)) for (const one of value) add(encodedName(name), one)
    else add(encodedName(name), value as Bytes)
  }
  const keySize = sizeOf(message.key)
  const valueSize = sizeOf(message.value)
  const fixed = 2 + varintSize(offset) + varintSize(headers.length)
  const size = fixed + sizedSize(keySize) + sizedSize(valueSize) + headersSize
  return { message, headers, keySize, valueSize, size }
}

const writeRecord = (into: Buffer, at: number, record: SizedRecord, offset: number): number => {
  let next = writeVarint(into, at, record.size)
  into[next] = 0 // attributes: none are defined
  into[next + 1] = 0 // milliseconds since the batch's own time
  next = writeVarint(into, next + 2, offset)
  next = writeSized(into, next, record.message.key, record.keySize)
  next = writeSized(into, next, record.message.value, record.valueSize)
  next = writeVarint(into, next, record.headers.length)
  for (const [name, value, size] of record.headers) {
    for (let i = 0; i < name.length; i += 1) into[next + i] = name[i] as number
    next = writeSized(into, next + name.length, value, size)
  }
  return next
}

const writeBatch = (into: Buffer, at: number, records: readonly SizedRecord[], timestamp: bigint): number => {
  let end = at + BATCH_HEAD
  for (let offset = 0; offset < records.length; offset += 1)
    end = writeRecord(into, end, records[offset] as SizedRecord, offset)
  into.writeBigInt64BE(0n, at) // the broker sets the first offset
  into.writeInt32BE(end - at - 12, at + 8)
  into.writeInt32BE(0, at + 12) // leader epoch
  into[at + 16] = MAGIC
  into.writeInt16BE(0, at + 21) // attributes: no compression, no transaction
  into.writeInt32BE(records.length - 1, at + 23)
  into.writeBigInt64BE(timestamp, at + 27)
  into.writeBigInt64BE(timestamp, at + 35)
  into.writeUInt32BE(NO_PRODUCER, at + 43)
  into.writeUInt32BE(NO_PRODUCER, at + 47)
  into.writeInt16BE(0, at + 51) // producer epoch
  into.writeInt32BE(0, at + 53) // first sequence
  into.writeInt32BE(records.length, at + 57)
  into.writeUInt32BE(crc32c(into, at + CHECKED_FROM, end), at + 17)
  return end
}

const batchSize = (records: readonly SizedRecord[]): number => {
  let size = BATCH_HEAD
  for (const record of records) size += varintSize(record.size) + record.size
  return size
}

/**
 * Body of a Produce request (versions 3 to 7) without transaction, sequence or compression, written in one pass into
 * one buffer. The same bytes as kafkajs makes, which takes a buffer for every header of every record to make them.
 */
export const encodeProduce = ({ acks, timeout, topicData }: ProducedBody, nowMs: number): EncodedBody => {
  let size = HEAD_ROOM + 2 + 2 + 4 + 4
  const topics = topicData.map(({ topic, partitions }) => {
    const nameSize = Buffer.byteLength(topic)
    size += 2 + nameSize + 4
    return {
      topic,
      nameSize,
      partitions: partitions.map(({ partition, messages }) => {
        const records = messages.map(measure)
        const bytes = batchSize(records)
        size += 8 + bytes
        return { partition, records, bytes }
      }),
    }
  })
  const into = Buffer.allocUnsafe(size)
  const timestamp = BigInt(nowMs)
  let at = into.writeInt16BE(-1, HEAD_ROOM) // no transactional id
  at = into.writeInt16BE(acks, at)
  at = into.writeInt32BE(timeout, at)
  at = into.writeInt32BE(topics.length, at)
  for (const { topic, nameSize, partitions } of topics) {
    at = into.writeInt16BE(nameSize, at)
    at += into.write(topic, at, nameSize, 'utf8')
    at = into.writeInt32BE(partitions.length, at)
    for (const { partition, records, bytes } of partitions) {
      at = into.writeInt32BE(partition, at)
      at = into.writeInt32BE(bytes, at)
      at = writeBatch(into, at, records, timestamp)
    }
  }
  return { bytes: into, start: HEAD_ROOM }
}
