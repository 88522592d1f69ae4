import { type Alert, percent, type Severity } from './alert.ts'
import { HOUR, type Pace } from './pace.ts'
import {
  BAD,
  bucketUpTo,
  increaseOf,
  ingestErrors,
  REQUESTS,
  slowProvisioning,
  type Window,
} from './series.ts'
import { THRESHOLDS } from './thresholds.ts'

/** Burns the month's budget by so much before it is told: 2 % and 5 % page, 10 % make a ticket. */
const PAGES = [
  { factor: 14.4, long: '1h', short: '5m' },
  { factor: 6, long: '6h', short: '30m' },
] as const
const TICKETS = [
  { factor: 3, long: '1d', short: '2h' },
  { factor: 1, long: '3d', short: '6h' },
] as const

interface Objective {
  readonly name: string
  readonly target: number
  readonly ratio: (window: Window) => string
  /** Bad ones of the last six hours: with one or two a ratio is chance. */
  readonly bad: (pace: Pace) => string
  readonly fewest: number
  readonly what: string
  readonly noData: string
}

const burn = (objective: Objective, severity: Severity): Alert => {
  const { target, ratio, bad, fewest, what } = objective
  const budget = Number((1 - target).toFixed(6))
  const pairs = severity === 'critical' ? PAGES : TICKETS
  const arms = pairs.map(
    ({ factor, long, short }) =>
      `(${ratio(long)} > ${factor} * ${budget} and ${ratio(short)} > ${factor} * ${budget})`,
  )
  const rates = pairs
    .map(({ factor, long, short }) => `${factor} times over ${long} and ${short}`)
    .join(', or ')
  return {
    name: `${objective.name}Burn${severity === 'critical' ? 'Page' : 'Ticket'}`,
    severity,
    expr: (pace) => `(${arms.join(' or ')}) and ${bad(pace)} >= ${fewest}`,
    summary: `The error budget of "${what}" (${percent(target)}) is being used up too fast.`,
    description: `{{ $value | humanizePercentage }} missed it, with ${percent(budget)} allowed: the budget burns ${rates}.`,
    noData: objective.noData,
  }
}

const DELIVERY: Objective = {
  name: 'DeliverySlo',
  target: THRESHOLDS.delivery.objective,
  ratio: ingestErrors,
  bad: (pace) => `sum(${increaseOf(`${REQUESTS}{${BAD}}`, 6 * HOUR, pace)})`,
  fewest: THRESHOLDS.delivery.fewestFailures,
  what: 'webhooks acknowledged at the first attempt',
  noData: 'No authentic traffic; see KeyflowIngestSilent.',
}

const { seconds, objective, fewestSlow } = THRESHOLDS.provisioning
const PROVISIONING: Objective = {
  name: 'ProvisioningSlo',
  target: objective,
  ratio: slowProvisioning,
  bad: (pace) => {
    const series = 'keyflow_provisioning_seconds'
    const all = `sum(${increaseOf(`${series}_count`, 6 * HOUR, pace)})`
    return `${all} - sum(${increaseOf(`${series}_bucket{${bucketUpTo(seconds)}}`, 6 * HOUR, pace)})`
  },
  fewest: fewestSlow,
  what: `the key mailed within ${seconds} s of the webhook`,
  noData: 'No key was mailed. Keys that hang are seen by KeyflowProcessingStuck and KeyflowMailQueueOld.',
}

export const BURN_ALERTS: readonly Alert[] = [
  burn(DELIVERY, 'critical'),
  burn(DELIVERY, 'warning'),
  burn(PROVISIONING, 'critical'),
  burn(PROVISIONING, 'warning'),
]
