import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { KeyflowError, type PersonalVault } from '@keyflow/runtime'
import type { FrozenMail } from '../domain/message.ts'
import type { StoredMail } from './message-rows.ts'

type Sealed = Pick<FrozenMail, 'to' | 'toName' | 'view'>

export interface ToSeal {
  /** Whose key seals it. */
  readonly person: string
  readonly mail: FrozenMail
}

/** In their order; null where the person is erased: no such mail may be kept or sent. */
export const sealMails = async (
  personal: PersonalVault,
  mails: readonly ToSeal[],
): Promise<readonly (StoredMail | null)[]> => {
  if (mails.length === 0) return []
  const sealed = await personal.sealAll(
    mails.map(({ person, mail: { to, toName, view } }) => ({
      subject: person,
      value: { to, toName, view } satisfies Sealed,
    })),
  )
  return mails.map(({ mail: { messageId, date, said } }, at) => {
    const text = sealed[at] ?? null
    return text === null ? null : { messageId, date, said, sealed: text }
  })
}

/** Null when the person is erased. Throws a transient error while the key is on its way. */
export const openMail = async (
  personal: PersonalVault,
  { sealed, ...rest }: StoredMail,
): Promise<FrozenMail | null> => {
  if (sealed === null) return null
  const opened = await personal.open(sealed)
  if (opened.kind === 'unknown_key')
    throw new KeyflowError('transient', 'MAIL_KEY_UNKNOWN', 'the key of a mail is not in the database')
  return opened.kind === 'opened' ? { ...rest, ...(opened.value as Sealed) } : null
}

export interface BytesToSeal {
  readonly person: string
  readonly bytes: Buffer
}

/** In their order; null where the person is erased: nothing may be sent to them. */
export const sealBytes = (
  personal: PersonalVault,
  mails: readonly BytesToSeal[],
): Promise<readonly (string | null)[]> =>
  personal.sealAll(
    mails.map(({ person, bytes }) => ({
      subject: person,
      value: zstdCompressSync(bytes).toString('base64'),
    })),
  )

/** Null when the person is erased. Throws a transient error while the key is on its way. */
export const openBytes = async (personal: PersonalVault, sealed: string): Promise<Buffer | null> => {
  const opened = await personal.open(sealed)
  if (opened.kind === 'unknown_key')
    throw new KeyflowError('transient', 'MAIL_KEY_UNKNOWN', 'the key of a mail is not in the database')
  return opened.kind === 'opened' ? zstdDecompressSync(Buffer.from(String(opened.value), 'base64')) : null
}
