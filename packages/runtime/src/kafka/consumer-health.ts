import type { Consumer } from 'kafkajs'
import type { ConsumerRunnerOptions } from './consumer-runner.ts'

/** Listens to what kafkajs tells of itself; a consumer that has crashed for good is the process's end. */
export const watchHealth = (
  consumer: Consumer,
  options: ConsumerRunnerOptions,
  sessionTimeoutMs: number,
  isStopped: () => boolean,
) => {
  let joined = false
  let lastHeard = Date.now()
  const heard = () => {
    lastHeard = Date.now()
  }
  consumer.on(consumer.events.GROUP_JOIN, () => {
    joined = true
    options.onJoined?.()
    heard()
  })
  consumer.on(consumer.events.HEARTBEAT, heard)
  consumer.on(consumer.events.FETCH, heard)
  consumer.on(consumer.events.REBALANCING, () => {
    options.logger.info({ group: options.groupId }, 'consumer.rebalancing')
  })
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    options.logger.error({ err: payload.error, restart: payload.restart }, 'consumer.crashed')
    if (!payload.restart && !isStopped()) options.onFatal(payload.error)
  })
  const isRecent = () => Date.now() - lastHeard < 3 * sessionTimeoutMs
  return { isReady: () => joined && isRecent(), isLive: isRecent }
}
