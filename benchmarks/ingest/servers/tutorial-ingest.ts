import Fastify from 'fastify'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import Stripe from 'stripe'
import { PATH, SECRET } from '../signed-requests.ts'

// What a tutorial builds: constructEvent, then one `send` a request, acknowledged by all replicas.
const kafka = new Kafka({
  clientId: 'tutorial-ingest',
  brokers: (process.env.KAFKA_BROKERS ?? '').split(','),
  logLevel: logLevel.NOTHING,
})
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
await producer.connect()

const server = Fastify()
server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
)
server.post<{ Body: Buffer }>(PATH, async (request, reply) => {
  const signature = request.headers['stripe-signature'] ?? ''
  const event = Stripe.webhooks.constructEvent(request.body, signature, SECRET)
  const { customer } = event.data.object as { customer?: string }
  await producer.send({
    topic: process.env.TOPIC ?? '',
    acks: -1,
    messages: [
      { key: customer ?? event.id, value: request.body, headers: { id: event.id, type: event.type } },
    ],
  })
  return reply.send({ received: true })
})
await server.listen({ host: '127.0.0.1', port: Number(process.env.HTTP_PORT) })
