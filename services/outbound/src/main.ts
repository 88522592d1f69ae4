import { runService } from '@keyflow/runtime'
import { createApp } from './app.ts'
import { config } from './config.ts'

await runService(config, createApp, process.env)
