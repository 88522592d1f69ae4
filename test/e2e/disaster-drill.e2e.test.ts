import { describe, expect, it } from '@jest/globals'
import { runDisasterDrill } from './disaster-drill.ts'

const BUYERS = 6

describe('MongoDB lost under all services', () => {
  it('comes back from Kafka and the issuer secret: the same keys, nothing said twice, dunning where it was, webhooks where they go', async () => {
    const report = await runDisasterDrill(BUYERS, () => undefined)
    expect(report).toMatchObject({
      keysValid: BUYERS,
      mailsSentAgain: 0,
      keysOfNewBuyer: 1,
      // Announced before the loss, restricted on the day that was announced.
      dunned: [
        'Payment for Keyflow did not go through',
        'Please update your payment for Keyflow',
        'Keyflow is now on Free',
      ],
      dunnedTier: 'free',
      webhooksSentAgain: 0,
      newsByWebhook: true,
    })
  }, 240_000)
})
