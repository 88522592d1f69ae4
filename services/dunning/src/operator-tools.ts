export { config } from './config.ts'
export { type DunningRebuild, type DunningRebuildOrder, openDunningRebuild } from './rebuild.ts'
