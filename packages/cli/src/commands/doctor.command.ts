import { Option } from '@commander-js/extra-typings'
import { ConfigError } from '@keyflow/runtime'
import { CliError } from '../command/cli-error.ts'
import { defineCommand } from '../command/define-command.ts'
import { EXIT } from '../command/exit-codes.ts'
import { checkClock } from '../doctor/check-clock.ts'
import { checkKafka } from '../doctor/check-kafka.ts'
import { checkSecret } from '../doctor/check-secret.ts'
import { checkCatalog, checkServices } from '../doctor/check-services.ts'
import { checkStripe } from '../doctor/check-stripe.ts'
import { type Finding, problem, skipped } from '../doctor/finding.ts'
import { kafkaSettings } from '../session/kafka-settings.ts'
import type { Session } from '../session/session.ts'
import { readFromEnvFile, writtenAt } from '../stripe/secret-file.ts'
import { openStripe } from '../stripe/stripe-session.ts'

const SECRET = 'STRIPE_WEBHOOK_SECRET'

export const command = defineCommand({
  summary: 'Find what has drifted, here and at Stripe, each with its fix',
  description: `Looks at the Stripe key and its permissions, the webhook endpoint (disabled, events missing, version), undelivered events,
the signing secret, the clock, Kafka's topics, each service and the indexes of its database, and the catalog. Changes nothing. Ends with 3
when something is wrong, also when something is only worth a look with --strict.`,
  examples: [
    { run: 'keyflow doctor', does: 'everything' },
    {
      run: 'keyflow doctor --url https://keys.example.com/api/v1/webhooks/stripe',
      does: 'that endpoint alone',
    },
    {
      run: 'keyflow doctor --json | jq ".findings[] | select(.verdict == \\"problem\\")"',
      does: 'for a script',
    },
  ],
  build: (command) =>
    command
      .option('--url <url>', 'where Stripe reaches ingest; default: every endpoint that looks like it')
      .addOption(
        new Option('--mode <mode>', 'when STRIPE_API_KEY holds a key for each').choices([
          'live',
          'test',
        ] as const),
      )
      .option('--secrets <file>', 'env file that holds the signing secret', 'keyflow.secrets.env')
      .option('--only <areas...>', 'some of: stripe, kafka, services, catalog')
      .option('--strict', 'take warnings for problems', false),
  run: async (session, _args, { url, mode, secrets, only, strict }) => {
    const wants = (area: string): boolean => only === undefined || only.includes(area)
    const findings = (
      await Promise.all([
        wants('stripe') ? atStripe(session, url, mode, secrets) : [],
        wants('kafka') ? checkKafka(session.config(kafkaSettings)) : [],
        wants('services') ? checkServices(session) : [],
        wants('catalog') ? checkCatalog(session) : [],
      ])
    ).flat()
    const bad = findings.filter(({ verdict }) => verdict === 'problem' || (strict && verdict === 'warning'))
    session.json({ healthy: bad.length === 0, findings })
    for (const finding of findings) show(session, finding)
    session.say(bad.length === 0 ? 'Nothing is wrong.' : `${bad.length} to mend.`)
    return bad.length === 0 ? undefined : EXIT.found
  },
})

const SIGNS = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ', skipped: 'skipped ' } as const

const show = (session: Session, { verdict, what, fix }: Finding): void => {
  session.say(`${SIGNS[verdict]} ${what}`)
  if (fix !== null) session.say(`          -> ${fix}`)
}

const atStripe = async (
  session: Session,
  url: string | undefined,
  mode: 'live' | 'test' | undefined,
  file: string,
): Promise<readonly Finding[]> => {
  const now = new Date()
  const secret = checkSecret(
    session.env[SECRET] ?? readFromEnvFile(file, SECRET),
    writtenAt(file, SECRET),
    file,
    now,
  )
  try {
    const stripe = openStripe(session, mode)
    const findings = await checkStripe(stripe, url, Math.floor(now.getTime() / 1000))
    return [...findings, secret, checkClock(stripe.skewSeconds())]
  } catch (error) {
    if (error instanceof ConfigError)
      return [skipped('stripe', 'Stripe was not asked.', `${error.problems.join('; ')}`), secret]
    if (error instanceof CliError)
      return [problem('stripe', error.message, error.fix ?? 'Try again.'), secret]
    throw error
  }
}
