import { type AddressInfo, createServer, type Socket } from 'node:net'

export type Moment = 'greeting' | 'mail' | 'rcpt' | 'data' | 'content'
/** `cut`: hangs up in the middle of what is being sent to it; `drip`: answers one character at a time. */
export type Deed = 'hang_up' | 'say_nothing' | 'cut' | 'drip' | number

export interface HostileRelay {
  readonly port: number
  /** What to do instead of the polite answer, once each, in this order of asking. */
  readonly deeds: { readonly at: Moment; readonly deed: Deed }[]
  /** Contents that arrived with their final dot. */
  readonly contents: string[]
  /** Bytes of content that arrived without it. */
  readonly fragments: string[]
  readonly connections: () => number
  /** Ends every connection from the relay's side. */
  readonly dropAll: () => void
  readonly stop: () => Promise<void>
}

const DRIP_MS = 400

const POLITE: Readonly<Record<Moment, string>> = {
  greeting: '220 relay',
  mail: '250 ok',
  rcpt: '250 ok',
  data: '354 go on',
  content: '250 taken',
}

/** The least of an SMTP server, on a raw socket, that misbehaves at a chosen moment. */
export const startHostileRelay = async (): Promise<HostileRelay> => {
  const deeds: HostileRelay['deeds'] = []
  const contents: string[] = []
  const fragments: string[] = []
  const sockets = new Set<Socket>()
  let opened = 0

  const answer = (socket: Socket, moment: Moment): boolean => {
    const deed = deeds[0]?.at === moment ? deeds.shift()?.deed : undefined
    if (deed === 'hang_up') socket.destroy()
    else if (deed === 'drip') drip(socket, `${POLITE[moment]}\r\n`)
    else if (deed !== 'say_nothing')
      socket.write(`${deed === undefined ? POLITE[moment] : `${deed} as told`}\r\n`)
    return deed === undefined || deed === 'drip'
  }

  const drip = (socket: Socket, text: string): void => {
    if (text === '' || socket.destroyed) return
    socket.write(text.slice(0, 1))
    setTimeout(() => drip(socket, text.slice(1)), DRIP_MS)
  }

  const server = createServer((socket) => {
    opened += 1
    sockets.add(socket)
    let text = ''
    let isContent = false
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      if (isContent && text !== '') fragments.push(text)
    })
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (isContent && deeds[0]?.deed === 'cut') {
        deeds.shift()
        fragments.push(text.slice(0, 100))
        text = ''
        socket.destroy()
        return
      }
      for (;;) {
        const end = isContent ? '\r\n.\r\n' : '\r\n'
        const at = text.indexOf(end)
        if (at < 0) return
        const line = text.slice(0, at)
        text = text.slice(at + end.length)
        if (isContent) {
          isContent = false
          contents.push(line)
          answer(socket, 'content')
        } else if (/^EHLO/i.test(line)) socket.write('250 relay\r\n')
        else if (/^MAIL/i.test(line)) answer(socket, 'mail')
        else if (/^RCPT/i.test(line)) answer(socket, 'rcpt')
        else if (/^DATA/i.test(line)) isContent = answer(socket, 'data')
        else socket.write('250 ok\r\n')
      }
    })
    answer(socket, 'greeting')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    deeds,
    contents,
    fragments,
    connections: () => opened,
    dropAll: () => {
      for (const socket of sockets) socket.destroy()
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
