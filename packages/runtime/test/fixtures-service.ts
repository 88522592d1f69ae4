// A service that does nothing, to see how services live and end.
// By file and not by package: neither Kafka nor MongoDB is loaded, and a dozen processes start in no time.
import { defineConfig } from '../src/config/define-config.ts'
import { choice, integer, text } from '../src/config/fields.ts'
import { serviceFields } from '../src/config/service-fields.ts'
import { runService } from '../src/lifecycle/run-service.ts'

const config = defineConfig('fixture', {
  ...serviceFields({ http: 0 }),
  greeting: text('GREETING', { doc: 'Must be said.' }),
  failAfterMs: integer('FAIL_AFTER_MS', { doc: 'Fails then; 0 never.', default: '0' }),
  fails: choice('FAILS', ['never', 'wired', 'started', 'later', 'stopping', 'while-stopping'], {
    doc: 'When it breaks by itself.',
    default: 'never',
  }),
  stopMs: integer('STOP_MS', { doc: 'How long it takes to stop; 0 is at once.', default: '0' }),
  stopHangs: choice('STOP_HANGS', ['no', 'yes'], { doc: 'Waits for nothing that exists.', default: 'no' }),
})

const broken = (): Error => new Error('broken at ada@example.com')

await runService(
  config,
  ({ failAfterMs, fails, stopMs, stopHangs }, { onFatal }) => {
    if (fails === 'wired') throw broken()
    const alive = setInterval(() => {}, 1000)
    return {
      start: async () => {
        if (fails === 'started') throw broken()
        process.stdout.write('started\n')
        if (failAfterMs > 0) setTimeout(() => onFatal(broken()), failAfterMs)
        if (fails === 'later') void Promise.reject(broken())
      },
      stop: () => {
        clearInterval(alive)
        process.stdout.write('stop begins\n')
        if (fails === 'stopping') throw broken()
        if (fails === 'while-stopping') onFatal(broken())
        const { promise, resolve } = Promise.withResolvers<void>()
        if (stopHangs === 'no') setTimeout(resolve, stopMs)
        return promise.then(() => void process.stdout.write('stopped in order\n'))
      },
    }
  },
  process.env,
)
