import type { LicenseEvent } from '@keyflow/contracts'
import { licenseFactsOf } from '../domain/mail-view.ts'
import type { MailOrder } from '../domain/message.ts'
import type { OrderedMail } from '../domain/occasion.ts'
import { statementOf } from '../domain/statement.ts'

/** Mails that a single event asks for, whatever is being said about the license otherwise: a new key, a renewal. */
export const ordersOfLicense = (event: LicenseEvent, refs: readonly string[]): readonly OrderedMail[] => {
  const { template: _, ...facts } = licenseFactsOf(event.after, statementOf(event.after), event.licenseId)
  const of = (
    occurrence: string,
    content: MailOrder['content'],
    encryptedKey: string | null,
  ): OrderedMail => ({
    scope: { account: event.account, livemode: event.livemode },
    subject: event.licenseId,
    occurrence,
    order: { content, notice: null, expiresAt: null, recordKey: null },
    licenseId: event.licenseId,
    customer: event.customer,
    refs,
    encryptedKey,
  })
  if (event.quiet === true) return []
  if (event.type === 'license.key_rotated' && event.encryptedKey !== undefined) {
    const content = {
      ...facts,
      template: 'key_rotated' as const,
      rotatedAt: event.at,
      oldKeyUntil: event.oldKeyUntil ?? null,
    }
    return [of(`key${event.keyVersion}`, content, event.encryptedKey)]
  }
  if (event.type === 'license.renewed' && event.after.validThrough !== null)
    return [of(`v${event.licenseVersion}`, { ...facts, template: 'license_renewed' }, null)]
  return []
}
