import { describe, expect, it } from '@jest/globals'
import { KafkaJSConnectionError, KafkaJSProtocolError } from 'kafkajs'
import { KeyflowError } from '../errors/classify.ts'
import { refusalOf } from './refused-record.ts'

const answered = (type: string): Error => {
  const answer = Object.assign(new Error('the broker answered'), { type, code: 1, retriable: false })
  const cause = new KafkaJSProtocolError(answer)
  return new KeyflowError('transient', 'KAFKA_UNAVAILABLE', 'the broker did not acknowledge', { cause })
}

describe('the refusal of a record', () => {
  it.each(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP'])(
    'is what the broker says of a record: %s',
    (type) => expect(refusalOf(answered(type))).toBe(type),
  )

  it.each(['NOT_LEADER_FOR_PARTITION', 'UNKNOWN_TOPIC_OR_PARTITION', 'TOPIC_AUTHORIZATION_FAILED'])(
    'is not what it says of itself, of a topic or of a role: %s',
    (type) => expect(refusalOf(answered(type))).toBeUndefined(),
  )

  it('is no outage, no bug, and nothing that is no error', () => {
    const circle = new Error('circle')
    circle.cause = circle
    const others = [
      new KafkaJSConnectionError('closed'),
      new TypeError('bug'),
      circle,
      'MESSAGE_TOO_LARGE',
      null,
    ]
    for (const error of others) expect(refusalOf(error)).toBeUndefined()
  })
})
