import { Option } from '@commander-js/extra-typings'
import { DRY_RUN, YES } from '../command/common-options.ts'
import { defineCommand } from '../command/define-command.ts'
import { connectEndpoint, draftFromStripe, requirePermissions } from '../stripe/connect-steps.ts'
import { importExisting } from '../stripe/import-existing.ts'
import { sendTestEvent } from '../stripe/send-test-event.ts'
import { askingStripe, openStripe } from '../stripe/stripe-session.ts'

export const command = defineCommand({
  summary: 'Connect Stripe: key, webhook endpoint, secret, catalog draft, import',
  description: `Checks what the key may do, creates the webhook endpoint or adopts the one of that URL (exactly the events that
Keyflow handles, a pinned API version), stores its signing secret in an env file, and writes a draft of the catalog from products and
prices. On request it imports subscriptions that are there already, and sends a test event. Run it again whenever you like: what is as it
should be stays.

The key is read from STRIPE_API_KEY or STRIPE_API_KEY_FILE; for an import, Kafka from KAFKA_BROKERS.`,
  examples: [
    { run: 'keyflow connect --url https://keys.example.com/api/v1/webhooks/stripe --dry-run', does: 'look' },
    { run: 'keyflow connect --url https://keys.example.com/api/v1/webhooks/stripe', does: 'connect' },
    { run: 'keyflow connect --url … --test-event', does: 'and see an event arrive' },
    { run: 'keyflow connect --url … --import --dry-run', does: 'what an import would bring' },
    {
      run: 'keyflow connect --url … --replace',
      does: 'a new endpoint: for a new API version, or a lost secret',
    },
  ],
  build: (command) =>
    command
      .requiredOption('--url <url>', 'where Stripe reaches ingest: https://…/api/v1/webhooks/stripe')
      .addOption(
        new Option('--mode <mode>', 'when STRIPE_API_KEY holds a key for each').choices([
          'live',
          'test',
        ] as const),
      )
      .option('--secrets <file>', 'env file that gets the signing secret', 'keyflow.secrets.env')
      .option('--show-secret', 'print the signing secret as well', false)
      .option('--catalog <file>', 'file that gets the draft of the catalog', 'catalog.draft.yaml')
      .option('--replace', 'make a new endpoint beside the present one', false)
      .option('--import', 'append existing subscriptions to the log', false)
      .option('--test-event', 'make Stripe send an event, and wait for it', false)
      .option(...YES)
      .option(...DRY_RUN),
  run: async (session, _args, options) => {
    const stripe = openStripe(session, options.mode)
    const permissions = await requirePermissions(stripe)
    session.say(`Key: ${stripe.livemode ? 'live' : 'test'} mode, with all ${permissions.length} permissions.`)
    const endpoint = await connectEndpoint(session, stripe, options)
    const catalog = await draftFromStripe(session, stripe, options)
    const imported = options.import ? await importExisting(session, stripe, options) : null
    const event =
      options.testEvent && options.dryRun !== true
        ? await askingStripe(() => sendTestEvent(stripe.client, session.signal))
        : null
    if (event !== null)
      session.say(`Test event: ${event.id} (${event.type}) was acknowledged after ${event.tookMs} ms.`)
    session.json({ livemode: stripe.livemode, permissions, endpoint, catalog, imported, event })
    return undefined
  },
})
