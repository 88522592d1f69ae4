import type { Keyring } from './keyring.ts'
import { type KnownState, sha256 } from './known-state.ts'
import {
  REVOCATION_DIGEST_BYTES,
  REVOCATIONS_TYPE,
  type RevocationStatement,
} from './protocol/revocations.ts'
import type { Transport } from './transport.ts'
import { openSigned } from './verify-lease.ts'

/** Clocks of the server's machines may differ by this much; a statement that is older is replayed. Seconds. */
const SERVER_SKEW = 60

/** Reads what has been revoked since the last time; the state as it was when that cannot be had, or is older. */
export const readRevocations = async (
  transport: Transport,
  keyring: Keyring,
  state: KnownState,
  licenseId: string,
): Promise<KnownState> => {
  const reply = await transport.get(`/api/v1/revocations?since=${state.epoch}`)
  if (reply.kind !== 'reply' || reply.status !== 200 || typeof reply.body.statement !== 'string') return state
  const statement = await openStatement(reply.body.statement, keyring)
  if (statement === null || statement.iat < state.epochAt - SERVER_SKEW) return state
  const digest = await sha256(licenseId, REVOCATION_DIGEST_BYTES)
  const entry = statement.entries.find(([license]) => license === digest)
  return {
    ...state,
    epoch: statement.epoch,
    epochAt: Math.max(state.epochAt, statement.iat),
    revokedAt: entry === undefined ? (statement.since === 0 ? 0 : state.revokedAt) : entry[1],
    lastGoodTime: Math.max(state.lastGoodTime, statement.iat),
  }
}

const openStatement = async (text: string, keyring: Keyring): Promise<RevocationStatement | null> => {
  let opened = await openSigned<RevocationStatement>(text, REVOCATIONS_TYPE, await keyring.trusted())
  if ('problem' in opened && opened.problem === 'UNKNOWN_KID' && (await keyring.refresh()))
    opened = await openSigned<RevocationStatement>(text, REVOCATIONS_TYPE, await keyring.trusted())
  if ('problem' in opened) return null
  const { epoch, entries, iat } = opened.payload
  return Number.isInteger(epoch) && Number.isInteger(iat) && Array.isArray(entries) ? opened.payload : null
}
