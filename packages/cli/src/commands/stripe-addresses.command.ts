import { defineCommand } from '../command/define-command.ts'
import { PUBLISHED_AT, readPublishedAddresses } from '../stripe/published-addresses.ts'
import { putIntoEnvFile, readFromEnvFile } from '../stripe/secret-file.ts'

const NAME = 'STRIPE_WEBHOOK_ADDRESSES'

export const command = defineCommand({
  summary: 'Refresh the list of addresses that Stripe sends webhooks from',
  description: `Fetches the list that Stripe publishes and prints it as the setting ${NAME} of ingest, or puts it into an env file. It only
attributes signatures that fail, to Stripe or to a stranger: a list that is out of date never refuses a webhook whose signature holds.`,
  examples: [
    { run: 'keyflow stripe-addresses', does: 'the line for the environment of ingest' },
    { run: 'keyflow stripe-addresses --write ingest.env', does: 'into a file, and says what changed' },
  ],
  build: (command) =>
    command
      .option('--write <file>', 'env file to put it into')
      .option('--from <url>', 'where the list is published', PUBLISHED_AT),
  run: async (session, _args, { write, from }) => {
    const addresses = await readPublishedAddresses(from, session.signal)
    const value = addresses.join(',')
    if (write === undefined) {
      session.json({ addresses })
      session.say(`${NAME}=${value}`)
      return undefined
    }
    const before = (readFromEnvFile(write, NAME) ?? '').split(',').filter((one) => one !== '')
    const added = addresses.filter((address) => !before.includes(address))
    const removed = before.filter((address) => !addresses.includes(address))
    putIntoEnvFile(write, NAME, value, `as Stripe publishes it at ${from}`)
    session.json({ addresses, added, removed })
    session.say(`${addresses.length} addresses in ${write}: ${added.length} new, ${removed.length} gone.`)
    return undefined
  },
})
