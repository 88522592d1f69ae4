export { type BootEndpoint, createSandbox, type Sandbox, type SandboxOptions } from './app.ts'
export { type Clock, systemClock } from './clock.ts'
export { DEFAULT_SIGNING_SECRET } from './config.ts'
