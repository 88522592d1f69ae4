import { KeyflowError } from '../errors/classify.ts'
import { kafkajsInternal } from './kafkajs-internals.ts'
import {
  type EncodedBody,
  encodeProduce,
  type ProducedBody,
  type ProducedMessage,
} from './produce-encoding.ts'

interface ProduceArguments extends ProducedBody {
  readonly compression?: number
  readonly transactionalId?: string | null
  readonly producerId?: number
}

interface ProduceRequest {
  readonly request: { encode: () => Promise<unknown> }
  readonly response: unknown
}

interface ProduceVersions {
  protocol: (options: { readonly version: number }) => (args: ProduceArguments) => ProduceRequest
}

/** The last version that kafkajs speaks; every broker since 2.1 does. */
const VERSION = 7
const NOBODY = -1

/** kafkajs's growing buffer; a body that it has adopted is remembered. */
interface Encoder {
  buf: Buffer
  offset: number
  adopted?: EncodedBody
  writeEncoder(value: Encoder): Encoder
}

/** What kafkajs wants of an encoded body. */
const asEncoder = (body: EncodedBody): Encoder & { readonly buffer: Buffer } => {
  const buffer = body.bytes.subarray(body.start)
  const writeEncoder = (): never => {
    throw new KeyflowError('bug', 'PRODUCE_BODY', 'an encoded body takes nothing more')
  }
  return { buf: buffer, buffer, offset: buffer.length, adopted: body, writeEncoder }
}

/**
 * kafkajs puts the head before a request by copying the request, twice, into new buffers: of a batch of 400 kB that costs more than
 * encoding it. A body that brings room for the head is adopted instead, and the few bytes of the head are copied.
 */
const adoptBodies = (prototype: Encoder): void => {
  const copy = prototype.writeEncoder
  prototype.writeEncoder = function (value) {
    const body = value.adopted
    if (body === undefined || body.start < this.offset) return copy.call(this, value)
    const start = body.start - this.offset
    this.buf.copy(body.bytes, start, 0, this.offset)
    this.buf = body.bytes.subarray(start)
    this.offset = this.buf.length
    this.adopted = { bytes: body.bytes, start }
    return this
  }
}

const isPlain = ({ compression, transactionalId, producerId, topicData }: ProduceArguments): boolean =>
  !compression &&
  !transactionalId &&
  Number(producerId ?? NOBODY) === NOBODY &&
  topicData.every(({ partitions }) =>
    partitions.every(({ messages }) =>
      messages.every(
        (message: ProducedMessage & { readonly timestamp?: unknown }) => message.timestamp == null,
      ),
    ),
  )

let patched = false

/**
 * Gives kafkajs a Produce encoder that is several times as fast (see `produce-encoding.ts`). Requests that it does not
 * cover (transactions, sequences, compression, timestamps of one's own) keep the original.
 */
export const patchProduce = (): void => {
  if (patched) return
  adoptBodies(kafkajsInternal<{ prototype: Encoder }>('protocol/encoder.js').prototype)
  const produce = kafkajsInternal<ProduceVersions>('protocol/requests/produce/index.js')
  const original = produce.protocol
  produce.protocol = (options) => {
    const make = original(options)
    if (options.version !== VERSION) return make
    return (args) => {
      const made = make(args)
      if (!isPlain(args)) return made
      const encode = async () => asEncoder(encodeProduce(args, Date.now()))
      return { ...made, request: { ...made.request, encode } }
    }
  }
  patched = true
}
