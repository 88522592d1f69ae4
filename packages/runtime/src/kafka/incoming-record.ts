import type { KafkaMessage } from 'kafkajs'
import type { IncomingRecord } from './records.ts'

/** What kafkajs read, as the rest of Keyflow sees it: key and headers as text, of a repeated header the first. */
export const toIncoming = (topic: string, partition: number, message: KafkaMessage): IncomingRecord => ({
  topic,
  partition,
  offset: message.offset,
  key: message.key === null ? null : message.key.toString('utf8'),
  value: message.value,
  headers: decodeHeaders(message.headers),
  timestamp: Number(message.timestamp),
})

const decodeHeaders = (headers: KafkaMessage['headers']): Record<string, string> => {
  const decoded: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers ?? {})) {
    const one = Array.isArray(value) ? value[0] : value
    if (one !== undefined) decoded[name] = typeof one === 'string' ? one : one.toString('utf8')
  }
  return decoded
}
