import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { isListening, isPortFree, pickFreePort } from './ports.ts'

describe('ports', () => {
  let server: Server | undefined

  const occupy = (port: number): Promise<void> =>
    new Promise((resolve) => {
      server = createServer().listen(port, '127.0.0.1', () => resolve())
    })

  afterEach(() => {
    server?.close()
    server = undefined
  })

  it('a port with a listener is not free, one without is', async () => {
    const port = await pickFreePort()
    expect([await isPortFree(port), await isListening(port)]).toEqual([true, false])
    await occupy(port)
    expect([await isPortFree(port), await isListening(port)]).toEqual([false, true])
  })

  it('picks below the range from which the kernel takes client ports', async () => {
    const picked = await Promise.all(Array.from({ length: 50 }, () => pickFreePort()))
    expect(Math.max(...picked)).toBeLessThan(32_768)
    expect(new Set(picked).size).toBeGreaterThan(40)
  })
})
