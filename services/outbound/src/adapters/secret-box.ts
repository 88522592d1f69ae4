import { randomBytes } from 'node:crypto'
import type { WebhookEndpointRecord, WebhookSecret } from '@keyflow/contracts'
import type { MasterKeys } from '@keyflow/runtime'

const SECRET_BYTES = 32

export interface SecretBox {
  /** A new secret, in the clear for once and as it is kept. */
  readonly make: (
    endpointId: string,
    at: string,
  ) => { readonly plain: Uint8Array; readonly kept: WebhookSecret }
  /** All that sign at an instant (unix milliseconds), the newest first. */
  readonly inForce: (
    endpoint: Pick<WebhookEndpointRecord, 'id' | 'secrets'>,
    at: number,
  ) => readonly Uint8Array[]
  /** The same secrets under the current master key; null when they are. */
  readonly rewrap: (
    endpoint: Pick<WebhookEndpointRecord, 'id' | 'secrets'>,
  ) => readonly WebhookSecret[] | null
}

/** Signing secrets are kept under the master keys of the installation. */
export const createSecretBox = (masterKeys: MasterKeys): SecretBox => ({
  make: (endpointId, createdAt) => {
    const plain = randomBytes(SECRET_BYTES)
    const wrapped = masterKeys.wrap(endpointId, randomBytes(9).toString('base64url'), plain)
    return { plain, kept: { ...wrapped, createdAt, expiresAt: null } }
  },
  inForce: ({ id, secrets }, at) =>
    secrets
      .filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > at)
      .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
      .map((secret) => masterKeys.unwrap(id, secret)),
  rewrap: ({ id, secrets }) =>
    secrets.every(({ masterId }) => masterId === masterKeys.currentId)
      ? null
      : secrets.map((secret) => ({
          ...secret,
          ...masterKeys.wrap(id, secret.keyId, masterKeys.unwrap(id, secret)),
        })),
})
