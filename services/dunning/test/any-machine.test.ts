import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const FIXTURE = fileURLToPath(new URL('fixtures/print-timelines.ts', import.meta.url))

/** The timelines as a process prints them that lives in another zone. */
const timelinesIn = (zone: string): string =>
  execFileSync(process.execPath, ['--no-warnings', FIXTURE], {
    env: { PATH: process.env.PATH ?? '', TZ: zone },
    encoding: 'utf8',
  })

describe('timelines of customers in eight zones, over both nights of the clock change, a leap day and ends of months', () => {
  const ofServers = ['UTC', 'America/St_Johns', 'Pacific/Chatham'].map(timelinesIn)

  it('are the same wherever the server stands', () => {
    expect(new Set(ofServers).size).toBe(1)
  })

  it('keep the hour on the wall of the customer', () => {
    const lines = ofServers[0]?.trim().split('\n') ?? []
    expect(lines).toHaveLength(8 * 6)
    for (const line of lines) {
      const { steps } = JSON.parse(line) as { steps: readonly { days: number; wall: string; date: string }[] }
      expect(steps.map(({ days }) => days)).toEqual([0, 3, 7, 14])
      const [first] = steps
      // Where the hour does not exist on a day, it is the one after it; the fixture starts at 02:30 for that.
      for (const { wall } of steps) expect([first?.wall, '03:30', '03:00']).toContain(wall)
    }
  })
})
