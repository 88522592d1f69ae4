import { leaseVectors, vectorKeyset } from './lease-vectors.ts'
import { verdictVectors } from './verdict-vectors.ts'

const ABOUT =
  'Conformance vectors of Keyflow. Instants are unix seconds. Any implementation that agrees with all of them agrees with the server.'

/** The files of `vectors/`, by name: what any implementation, in any language, can be tested with. */
export const vectorFiles = async (): Promise<Readonly<Record<string, string>>> => ({
  'verdicts.json': text({ about: ABOUT, vectors: verdictVectors() }),
  'leases.json': text({ about: ABOUT, keyset: await vectorKeyset(), vectors: await leaseVectors() }),
})

const text = (content: object): string => `${JSON.stringify(content, null, 2)}\n`
