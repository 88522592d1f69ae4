import { createServer } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { pickFreePort } from '../processes/ports.ts'
import { portsTaken, readPorts, takenPorts } from './ports.ts'

describe('the ports of npm start', () => {
  it('have defaults, and the ops port of a service is its own and a thousand', () => {
    const { ports, problems } = readPorts({})
    expect(problems).toEqual([])
    expect(ports).toEqual({
      INGEST_PORT: 8787,
      LICENSING_PORT: 8788,
      DUNNING_PORT: 8789,
      NOTIFIER_PORT: 8790,
      OUTBOUND_PORT: 8791,
      INGEST_OPS_PORT: 9787,
      LICENSING_OPS_PORT: 9788,
      DUNNING_OPS_PORT: 9789,
      NOTIFIER_OPS_PORT: 9790,
      OUTBOUND_OPS_PORT: 9791,
      INBOX_PORT: 1080,
      SMTP_PORT: 1025,
      STRIPE_SANDBOX_PORT: 12111,
      KAFKA_PORT: 9092,
      MONGODB_PORT: 27017,
    })
  })

  it('follow the environment, the ops port too', () => {
    const { ports } = readPorts({ INGEST_PORT: '18787', DUNNING_OPS_PORT: '7000' })
    expect([ports.INGEST_PORT, ports.INGEST_OPS_PORT, ports.DUNNING_OPS_PORT]).toEqual([18787, 19787, 7000])
  })

  it('that cannot be are all reported at once', () => {
    const { problems } = readPorts({
      KAFKA_PORT: 'nine',
      SMTP_PORT: '0',
      NOTIFIER_PORT: '8787',
      DUNNING_PORT: 'x',
    })
    expect(problems).toEqual([
      'DUNNING_PORT must be a port number from 1 to 65535.',
      'INGEST_PORT and NOTIFIER_PORT are both 8787: change one of them.',
      'SMTP_PORT must be a port number from 1 to 65535.',
      'KAFKA_PORT must be a port number from 1 to 65535.',
      'INGEST_OPS_PORT and NOTIFIER_OPS_PORT are both 9787: change one of them.',
    ])
  })

  it('that others hold are named in one message with the variables that change them', async () => {
    const [one, two, three] = [await pickFreePort(), await pickFreePort(), await pickFreePort()]
    const { ports } = readPorts({ INGEST_PORT: `${one}`, KAFKA_PORT: `${two}`, SMTP_PORT: `${three}` })
    const servers = [one, two].map((port) => createServer().listen(port, '127.0.0.1'))
    const taken = await takenPorts(ports, ['INGEST_PORT', 'SMTP_PORT', 'KAFKA_PORT'])
    for (const server of servers) server.close()
    expect(taken).toEqual(['INGEST_PORT', 'KAFKA_PORT'])
    expect(portsTaken(ports, taken)).toBe(
      `Ports ${one} (INGEST_PORT), ${two} (KAFKA_PORT) on 127.0.0.1 are in use by other programs: stop them, or set those variables to free ports.`,
    )
  })
})
