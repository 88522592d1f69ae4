// npm run mail:preview [-- PORT]: every mail, example and language in a browser, by the renderer that sends them.
// Brand, colors and templates of your own come from the environment, as in the notifier.
import { randomBytes } from 'node:crypto'
import { createLogger } from '@keyflow/runtime'
import Fastify from 'fastify'
import { config } from '../services/notifier/src/config.ts'
import { previewRoute } from '../services/notifier/src/http/preview.route.ts'
import { createOutgoing } from '../services/notifier/src/outgoing.ts'

const secret = randomBytes(32).toString('base64')
const loaded = config.load({
  KEY_TRANSPORT_SECRET: secret,
  PERSONAL_MASTER_KEYS: `preview:${secret}`,
  ...process.env,
})
const context = {
  logger: createLogger({ service: 'preview', level: 'silent' }),
  onFatal: (error: Error) => {
    throw error
  },
  signal: new AbortController().signal,
}
const server = Fastify({ logger: false })
previewRoute(
  server,
  createOutgoing(loaded, context, () => new Date()),
)
const port = Number(process.argv[2] ?? 8795)
const address = await server.listen({ host: '127.0.0.1', port })
console.log(`${address}/mails`)
