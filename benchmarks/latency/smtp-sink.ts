import { type AddressInfo, createServer, type Socket } from 'node:net'
import { unixNow } from './unix-now.ts'

const END_OF_CONTENT = '\r\n.\r\n'
const RECIPIENT = /^RCPT TO:<([^>]+)>/i

/** Speaks just enough of SMTP to take every mail over at once: the benchmark shall not measure its own relay. */
const converse = (socket: Socket, onMail: (recipients: readonly string[]) => void): void => {
  let heard = ''
  let recipients: string[] = []
  let inContent = false
  const say = (line: string): void => {
    socket.write(`${line}\r\n`)
  }
  const obey = (command: string): void => {
    const recipient = RECIPIENT.exec(command)?.[1]
    if (recipient !== undefined) recipients.push(recipient)
    if (/^DATA/i.test(command)) {
      inContent = true
      say('354 go on')
    } else say(/^QUIT/i.test(command) ? '221 bye' : '250 ok')
  }
  /** Takes one command or the rest of one mail out of what was heard; false when it has not come whole. */
  const step = (): boolean => {
    const end = heard.indexOf(inContent ? END_OF_CONTENT : '\r\n')
    if (end < 0) return false
    if (inContent) {
      heard = heard.slice(end + END_OF_CONTENT.length)
      inContent = false
      onMail(recipients)
      recipients = []
      say('250 taken')
    } else {
      const command = heard.slice(0, end)
      heard = heard.slice(end + 2)
      obey(command)
    }
    return true
  }
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    heard += chunk
    while (step());
  })
  socket.on('error', () => socket.destroy())
  say('220 sink')
}

/** A relay that remembers when it took the first mail of each recipient, and nothing else. */
export const startSmtpSink = async () => {
  const acceptedAt = new Map<string, number>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    converse(socket, (recipients) => {
      for (const recipient of recipients) if (!acceptedAt.has(recipient)) acceptedAt.set(recipient, unixNow())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    /** By recipient, Unix milliseconds. */
    acceptedAt: acceptedAt as ReadonlyMap<string, number>,
    stop: (): Promise<void> => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
