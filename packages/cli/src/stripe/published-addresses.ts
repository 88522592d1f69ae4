import { isIP } from 'node:net'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { CliError } from '../command/cli-error.ts'
import { EXIT } from '../command/exit-codes.ts'

const Published = Compile(Type.Object({ WEBHOOKS: Type.Array(Type.String(), { minItems: 1 }) }))

/** Where Stripe publishes from which addresses its webhooks come. */
export const PUBLISHED_AT = 'https://stripe.com/files/ips/ips_webhooks.json'

/** The addresses that are published there, sorted; refuses what is not such a list, whole. */
export const readPublishedAddresses = async (
  url: string,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const answer = await fetch(url, { signal, redirect: 'error' }).catch((error: Error) => {
    throw new CliError(`${url} does not answer: ${error.message}`, { exitCode: EXIT.unavailable })
  })
  if (!answer.ok) throw new CliError(`${url} answered ${answer.status}.`)
  const list: unknown = await answer.json().catch(() => undefined)
  if (!Published.Check(list)) throw new CliError(`${url} holds no list of webhook addresses.`)
  const odd = list.WEBHOOKS.find((address) => isIP(address) === 0)
  if (odd !== undefined) throw new CliError(`${url} lists something that is no address.`)
  return [...new Set(list.WEBHOOKS)].sort()
}
