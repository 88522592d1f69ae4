import { createHmac, timingSafeEqual } from 'node:crypto'
import Fastify from 'fastify'
import Stripe from 'stripe'
import { PATH, SECRET } from '../signed-requests.ts'

// The floor: what receiving and verifying costs when nothing is done with the event.
const byStripe = (body: Buffer, signature: string): void => {
  Stripe.webhooks.constructEvent(body, signature, SECRET)
}

const byNode = (body: Buffer, signature: string): void => {
  const [time, mac] = signature.split(',')
  const digest = createHmac('sha256', SECRET)
    .update(`${time?.slice(2)}.`)
    .update(body)
    .digest()
  if (!timingSafeEqual(digest, Buffer.from(mac?.slice(3) ?? '', 'hex'))) throw new Error('bad signature')
}

const verify = process.env.VERIFY_WITH === 'node' ? byNode : byStripe
const server = Fastify()
server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
)
server.post<{ Body: Buffer }>(PATH, async (request, reply) => {
  verify(request.body, String(request.headers['stripe-signature']))
  return reply.send({ received: true })
})
await server.listen({ host: '127.0.0.1', port: Number(process.env.HTTP_PORT) })
