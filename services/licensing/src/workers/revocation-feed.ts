import { REVOCATIONS_TYPE, type RevocationStatement } from '@keyflow/client/protocol'
import { delay, failureCode, type Logger, type Store } from '@keyflow/runtime'
import {
  findRevocationsAfter,
  type Revocation,
  readEpoch,
  settleEpochs,
} from '../adapters/mongo-revocations.ts'
import type { SigningKeys } from './signing-keys.ts'

export interface Statement {
  /** Compact JWS. */
  readonly text: string
  readonly epoch: number
  /** Unix seconds. */
  readonly issuedAt: number
}

export interface RevocationFeed {
  /** What has been revoked after an epoch; 0 = everything that still matters. */
  readonly since: (epoch: number) => Promise<Statement>
  readonly stop: () => Promise<void>
}

const EVERY_MS = 1000
/** A statement is signed anew when it is this old, so that a client sees how fresh its knowledge is. Seconds. */
const STATEMENT_LIFE = 15
/** Different questions that are answered from memory. */
const MOST_STATEMENTS = 64

/** The revocations of all processes, at most a second after they were committed, signed once for all who ask. */
export const startRevocationFeed = async (options: {
  readonly store: Store
  readonly signing: Pick<SigningKeys, 'sign' | 'keyset'>
  readonly issuer: string
  readonly logger: Logger
  readonly clock: () => Date
}): Promise<RevocationFeed> => {
  const { store, signing, clock } = options
  const entries = new Map<string, Revocation>()
  const statements = new Map<number, Promise<Statement>>()
  const stopping = new AbortController()
  let epoch = 0

  const refresh = async (): Promise<void> => {
    await settleEpochs(store)
    // The counter first: what is committed in between comes with the next look.
    const counted = await readEpoch(store)
    for (const revocation of await findRevocationsAfter(store, epoch)) {
      // Anew at the end: a map keeps the order of insertion, which is that of the epochs.
      entries.delete(revocation.digest)
      entries.set(revocation.digest, revocation)
      epoch = revocation.epoch
    }
    epoch = Math.max(epoch, counted)
  }
  await refresh()

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(EVERY_MS, stopping.signal)
      await refresh().catch((error: unknown) =>
        options.logger.warn({ code: failureCode(error) }, 'revocations.refresh_failed'),
      )
    }
  }
  const running = loop()

  const issue = async (since: number, issuedAt: number): Promise<Statement> => {
    const statement: RevocationStatement = {
      iss: options.issuer,
      iat: issuedAt,
      epoch,
      since,
      entries: [...entries.values()]
        .filter((entry) => entry.epoch > since)
        .map(({ digest, revokedAt }) => [digest, revokedAt]),
    }
    const told = statement.epoch
    return { text: await signing.sign(statement, REVOCATIONS_TYPE), epoch: told, issuedAt }
  }

  return {
    since: async (asked) => {
      const since = asked > epoch ? 0 : asked
      const now = Math.floor(clock().getTime() / 1000)
      const kept = await statements.get(since)?.catch(() => undefined)
      if (kept !== undefined && kept.epoch === epoch && now - kept.issuedAt < STATEMENT_LIFE) return kept
      const fresh = issue(since, now)
      statements.delete(since)
      statements.set(since, fresh)
      const [oldest] = statements.keys()
      if (statements.size > MOST_STATEMENTS && oldest !== undefined) statements.delete(oldest)
      return fresh
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
