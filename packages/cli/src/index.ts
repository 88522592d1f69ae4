export { EXIT } from './command/exit-codes.ts'
export { runKeyflow } from './run-keyflow.ts'
export type { World } from './session/terminal.ts'
