import { describe, expect, it } from '@jest/globals'
import { runDisasterDrill } from './disaster-drill.ts'

const BUYERS = 6

describe('MongoDB lost under running services', () => {
  it('comes back from Kafka and the issuer secret: the same keys, no mail twice, and who bought meanwhile has a key', async () => {
    const report = await runDisasterDrill(BUYERS, () => undefined)
    expect(report).toMatchObject({ keysValid: BUYERS, mailsSentAgain: 0, keysOfNewBuyer: 1 })
  }, 180_000)
})
