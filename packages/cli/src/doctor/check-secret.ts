import { type Finding, ok, skipped, warning } from './finding.ts'

const DAY = 86_400_000
/** Long enough to forget who has seen it. */
const OLD_DAYS = 365
/** Stripe lets an old secret sign for a day at most after it was rolled. */
const OVERLAP_DAYS = 1

/** The signing secret: how old it is, and whether a rotation was left half done. */
export const checkSecret = (
  secrets: string | undefined,
  since: Date | null,
  file: string,
  now: Date,
): Finding => {
  const check = 'stripe.secret'
  const rotate = 'keyflow connect --url … --replace, restart ingest, disable the old endpoint'
  const values = (secrets ?? '').split(',').filter((one) => one.trim() !== '')
  if (values.length === 0)
    return skipped(check, 'STRIPE_WEBHOOK_SECRET is not known here.', `Give it with --secrets (${file}).`)
  const days = since === null ? null : Math.floor((now.getTime() - since.getTime()) / DAY)
  if (values.length > 1 && (days === null || days > OVERLAP_DAYS))
    return warning(
      check,
      `Two secrets are in use${days === null ? '' : `, the newer one for ${days} days`}: the old one has ended or should.`,
      'Disable the old endpoint, and remove the second secret from STRIPE_WEBHOOK_SECRET.',
    )
  if (days !== null && days > OLD_DAYS)
    return warning(check, `The signing secret is ${days} days old.`, rotate)
  return ok(check, `The signing secret is ${days === null ? 'of unknown age' : `${days} days old`}.`)
}
