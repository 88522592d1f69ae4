import { Session } from 'node:inspector/promises'

// Loaded into each server under test (`--import`): tells of its processor time (microseconds), and profiles itself.
const SAMPLE_MICROSECONDS = 500
const session = new Session()

const answers: Readonly<Record<string, () => Promise<unknown> | unknown>> = {
  usage: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  profile: async () => {
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROSECONDS })
    await session.post('Profiler.start')
    return 'profiling'
  },
  profiled: async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    return profile
  },
}

process.on('message', async (question: string) => {
  process.send?.(await answers[question]?.())
})
process.channel?.unref()
