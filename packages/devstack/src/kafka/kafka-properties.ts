interface BrokerAddress {
  readonly port: number
  readonly controllerPort: number
  readonly logDir: string
}

/** One node that is broker and controller at once, for one machine: every replication factor is 1. `more` wins. */
export const kafkaProperties = (
  { port, controllerPort, logDir }: BrokerAddress,
  more: Readonly<Record<string, string>> = {},
): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `BROKER://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `BROKER://127.0.0.1:${port}`,
    'log.dirs': logDir,
    ...BROKER_SETTINGS,
    ...more,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

/** What the embedded broker and the one in a container have in common. */
export const BROKER_SETTINGS = {
  'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'inter.broker.listener.name': 'BROKER',
  'controller.listener.names': 'CONTROLLER',
  // A topic that a typo made would have one partition and nobody reading it.
  'auto.create.topics.enable': 'false',
  'default.replication.factor': 1,
  'min.insync.replicas': 1,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 5,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'transaction.state.log.num.partitions': 3,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  // The first consumer of a group starts at once instead of waiting three seconds for others.
  'group.initial.rebalance.delay.ms': 0,
  // Tests of killed consumers would otherwise wait at least six seconds for the group to notice.
  'group.min.session.timeout.ms': 1_000,
  // A broker that was killed may register again only when its former self has timed out: nine seconds by default.
  'broker.session.timeout.ms': 2_000,
  'broker.heartbeat.interval.ms': 500,
  // The only voter need not wait for others to speak up before it elects itself: that costs two seconds a restart.
  'controller.quorum.election.timeout.ms': 100,
  'controller.quorum.election.backoff.max.ms': 100,
  'controller.quorum.fetch.timeout.ms': 200,
  'log.retention.check.interval.ms': 300_000,
} as const
