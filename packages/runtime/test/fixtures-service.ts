// A service that does nothing, to see how services live and end.
import { defineConfig, integer, runService, serviceFields, text } from '@keyflow/runtime'

const config = defineConfig('fixture', {
  ...serviceFields({ http: 0 }),
  greeting: text('GREETING', { doc: 'Must be said.' }),
  failAfterMs: integer('FAIL_AFTER_MS', { doc: 'Fails then; 0 never.', default: '0' }),
})

await runService(
  config,
  ({ failAfterMs }, { onFatal }) => {
    const alive = setInterval(() => {}, 1000)
    return {
      start: async () => {
        process.stdout.write('started\n')
        if (failAfterMs > 0) setTimeout(() => onFatal(new Error('broken')), failAfterMs)
      },
      stop: async () => {
        clearInterval(alive)
        process.stdout.write('stopped in order\n')
      },
    }
  },
  process.env,
)
