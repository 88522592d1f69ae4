import Fastify from 'fastify'
import { MongoClient } from 'mongodb'
import Stripe from 'stripe'
import { PATH, SECRET } from '../signed-requests.ts'

// What a tutorial builds without a broker: constructEvent, then the event is handled in a MongoDB transaction (claim,
// state) before Stripe gets its 200.
const client = await new MongoClient(process.env.MONGODB_URL ?? '', { maxPoolSize: 64 }).connect()
const db = client.db(process.env.MONGODB_DATABASE)
const claims = await db.createCollection<{ _id: string; at: Date }>('processed_events')
const licenses = await db.createCollection<{ _id: string }>('licenses')

const server = Fastify()
server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
)
server.post<{ Body: Buffer }>(PATH, async (request, reply) => {
  const signature = request.headers['stripe-signature'] ?? ''
  const event = Stripe.webhooks.constructEvent(request.body, signature, SECRET)
  const object = event.data.object as { readonly id?: string; readonly customer?: string; status?: string }
  await client.withSession((session) =>
    session.withTransaction(async () => {
      if ((await claims.findOne({ _id: event.id }, { session })) !== null) return
      await claims.insertOne({ _id: event.id, at: new Date() }, { session })
      await licenses.updateOne(
        { _id: object.customer ?? object.id ?? event.id },
        { $set: { status: object.status ?? null, type: event.type }, $inc: { version: 1 } },
        { upsert: true, session },
      )
    }),
  )
  return reply.send({ received: true })
})
await server.listen({ host: '127.0.0.1', port: Number(process.env.HTTP_PORT) })
