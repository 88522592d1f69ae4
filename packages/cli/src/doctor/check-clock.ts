import { type Finding, ok, problem, skipped, warning } from './finding.ts'

const WORTH_A_LOOK = 5
/** Ingest refuses what is signed more than 60 s in the future, and 300 s in the past. */
const HARMFUL = 60

/** `skewSeconds`: Stripe's clock minus ours. */
export const checkClock = (skewSeconds: number | null): Finding => {
  const check = 'clock.skew'
  const fix = 'Let NTP set the clock of this machine and of those that run ingest (timedatectl set-ntp true).'
  if (skewSeconds === null) return skipped(check, 'Stripe told no time.', fix)
  const off = Math.abs(skewSeconds)
  const side = skewSeconds > 0 ? 'behind' : 'ahead of'
  if (off > HARMFUL) return problem(check, `This clock is ${off} s ${side} Stripe's: signatures fail.`, fix)
  if (off > WORTH_A_LOOK) return warning(check, `This clock is ${off} s ${side} Stripe's.`, fix)
  return ok(check, `This clock is within ${off} s of Stripe's.`)
}
