export {
  type GoModule,
  type GoProgram,
  goModuleFolder,
  goProgram,
  goProgramPath,
} from './downloads/go-modules.ts'
export { type PrometheusTools, prometheusTools, runnablePrometheus } from './downloads/prometheus-tools.ts'
export { runTool } from './downloads/run-tool.ts'
export { createTopics } from './kafka/create-topics.ts'
export type { KafkaOptions, KafkaServer } from './kafka/kafka-server.ts'
export { type SecuredKafkaOptions, startSecuredKafka } from './kafka/secured-kafka.ts'
export type { MongoOptions, MongoServer } from './mongo/mongo-server.ts'
export { type SecuredMongo, startSecuredMongo } from './mongo/secured-mongo.ts'
export { type Certificate, makeCertificate } from './processes/certificate.ts'
export { isPortFree, pickFreePort } from './processes/ports.ts'
export type { Server, ServerOptions } from './processes/server.ts'
export {
  type ChildExit,
  type ChildSpec,
  createSupervisor,
  type SupervisedChild,
  type Supervisor,
} from './processes/supervisor.ts'
export { waitUntil } from './processes/wait-until.ts'
export { isSetupError } from './setup-error.ts'
export { announceStack, sharedStack, uniqueName } from './shared-stack.ts'
export {
  type Addresses,
  givenAddresses,
  type Stack,
  type StackOptions,
  startKafka,
  startMongo,
  startStack,
} from './stack.ts'
