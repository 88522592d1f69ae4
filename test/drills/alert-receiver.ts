import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One alert as Alertmanager hands it over. */
export interface Notice {
  readonly receiver: string
  readonly status: 'firing' | 'resolved'
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly summary: string
  readonly description: string
  readonly at: number
}

interface Webhook {
  readonly alerts: readonly {
    readonly status: Notice['status']
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
  }[]
}

/** Stands where pages, tickets and the rest go in production, and remembers what came. */
export const startAlertReceiver = async () => {
  const notices: Notice[] = []
  const server = createServer((request, response) => {
    const receiver = (request.url ?? '').slice(1)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { alerts } = JSON.parse(Buffer.concat(chunks).toString()) as Webhook
      for (const { status, labels, annotations } of alerts)
        notices.push({
          receiver,
          status,
          name: labels.alertname ?? '',
          labels,
          summary: annotations.summary ?? '',
          description: annotations.description ?? '',
          at: Date.now(),
        })
      response.writeHead(200).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    notices: notices as readonly Notice[],
    stop: async (): Promise<void> => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
export type AlertReceiver = Awaited<ReturnType<typeof startAlertReceiver>>
