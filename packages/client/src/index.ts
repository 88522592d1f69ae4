export type { Activated, Deactivated } from './activate.ts'
export type { Answer, ClientCode } from './answer.ts'
export type { Billing } from './billing.ts'
export {
  type Ask,
  type ClientOptions,
  type ClientStorage,
  memoryStorage,
  type Place,
  webStorage,
} from './client-options.ts'
export { type Client, createClient } from './create-client.ts'
export * from './protocol/index.ts'
export * from './verify-lease.ts'
