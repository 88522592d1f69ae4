/** What a script may rely on; `keyflow --help` prints this table. */
export const EXIT = {
  ok: 0,
  /** Something went wrong that none of the others names. */
  failed: 1,
  /** The command line itself: unknown option, missing argument. */
  usage: 2,
  /** It ran, and found what it looks for: problems of a file, drift, differences. */
  found: 3,
  /** A service, Kafka, MongoDB or Stripe does not answer: try again later. */
  unavailable: 69,
  /** The token or the key may not do this. */
  notPermitted: 77,
  /** The configuration is wrong; every problem was printed. */
  badConfig: 78,
  interrupted: 130,
} as const

export const EXIT_CODES_HELP = `Exit codes:
  0    done
  1    failed
  2    wrong usage
  3    found what it looks for (problems, drift, differences)
  69   a service, Kafka, MongoDB or Stripe does not answer
  77   not permitted
  78   wrong configuration
  130  interrupted`
