import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Stack, startStack } from '@keyflow/devstack'
import { startInbox } from '../../services/notifier/test/inbox.ts'
import { ROOT, SERVICES } from '../e2e/service-settings.ts'
import { startWorld } from '../e2e/world.ts'
import { type Monitoring, startMonitoring } from './monitoring.ts'
import { startSlowProxy } from './slow-proxy.ts'

const EXAMPLE_CATALOG = join(ROOT, 'services/licensing/catalog/example.yaml')
const PRICES = ['price_starter_monthly', 'price_pro_monthly', 'price_business_monthly']
/** Between two purchases of the load; each is about eight webhooks. */
const BUY_EVERY_MS = 1000

/** Purchases one after another until it is told to stop; what fails meanwhile is what the drill is about. */
const startLoad = (buy: (email: string, price: string) => Promise<unknown>) => {
  const stopping = new AbortController()
  const loop = async (): Promise<void> => {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      await buy(`buyer-${Date.now()}-${n}@example.com`, PRICES[n % PRICES.length] ?? '').catch(
        () => undefined,
      )
      await sleep(BUY_EVERY_MS)
    }
  }
  const running = loop()
  return {
    stop: async (): Promise<void> => {
      stopping.abort()
      await running
    },
  }
}

/** The whole product under a load, watched by Prometheus and Alertmanager; every part can be made to fail. */
export const startDrillWorld = async (log: (line: string) => void) => {
  const closers: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close().catch(() => undefined)
  }
  try {
    const stack: Stack = await startStack({ log })
    closers.push(stack.stop)
    const inbox = await startInbox()
    closers.push(inbox.stop)
    const relay = await startSlowProxy(inbox.port)
    closers.push(relay.stop)
    const world = await startWorld({
      brokers: stack.brokers,
      mongoUrl: stack.mongoUrl,
      partitions: 3,
      smtpUrl: `smtp://127.0.0.1:${relay.port}`,
      settings: {
        // The sandbox sends from this machine; a stranger comes with another address, as the proxy would tell it.
        STRIPE_WEBHOOK_ADDRESSES: '127.0.0.1',
        TRUSTED_PROXY_HOPS: '1',
        RECONCILE_MINUTES: '1',
        // The one for development sells unknown prices of test mode as its first tier.
        CATALOG_FILE: EXAMPLE_CATALOG,
      },
    })
    closers.push(world.stop)
    await world.start('outbound')
    const targets = Object.fromEntries(
      [...SERVICES, 'outbound' as const].map((name) => [name, world.ports[name].ops]),
    )
    const monitoring: Monitoring = await startMonitoring(targets, log)
    closers.push(monitoring.stop)
    let load = startLoad(world.shop.buy)
    closers.push(() => load.stop())
    return {
      stack,
      world,
      relay,
      monitoring,
      load: {
        pause: () => load.stop(),
        resume: (): void => {
          load = startLoad(world.shop.buy)
        },
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
export type DrillWorld = Awaited<ReturnType<typeof startDrillWorld>>
