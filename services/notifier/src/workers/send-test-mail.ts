import type { Store } from '@keyflow/runtime'
import type { ComposeMail } from '../adapters/compose-message.ts'
import { auditMail } from '../adapters/mail-audit.ts'
import { FIXTURE_KEY, FIXTURES } from '../domain/fixtures.ts'
import type { Letterhead } from '../domain/freeze-mail.ts'
import { chooseLocale } from '../domain/locale.ts'
import { messageIdOf } from '../domain/message.ts'
import type { TestMail, TestSent } from '../http/mail-tests.route.ts'
import type { Order } from '../http/messages.route.ts'
import type { RenderMail } from '../mails/render-mail.ts'
import type { Relays } from './relays.ts'

export interface TestMailOptions {
  readonly store: Store
  readonly relays: Relays
  readonly render: RenderMail
  readonly compose: ComposeMail
  readonly letterhead: Letterhead
  readonly returnPath: (messageId: string) => string
  readonly clock: () => Date
  /** 64 hex digits. */
  readonly newId: () => string
}

/** Sends an example, marked as one, through the real relay to whom a person names: nothing in it is a customer's. */
export const createSendTestMail =
  (options: TestMailOptions) =>
  async (mail: TestMail, { actor, reason }: Order): Promise<TestSent> => {
    const { letterhead, relays, store } = options
    const examples = FIXTURES[mail.template]
    const example =
      mail.fixture === undefined ? examples[0] : examples.find(({ name }) => name === mail.fixture)
    if (example === undefined) return { kind: 'no_fixture' }
    const id = options.newId()
    const view = {
      context: {
        brand: letterhead.brand,
        customerName: null,
        locale: chooseLocale({ locale: mail.locale ?? null, country: null }, letterhead.locale),
        timeZone: letterhead.timeZone,
        unsubscribeUrl: null,
        isTest: true,
      },
      content: example.content,
    }
    const rendered = options.render(view, FIXTURE_KEY)
    const bytes = await options.compose(
      {
        to: mail.to,
        toName: null,
        messageId: messageIdOf(id, letterhead.senderDomain),
        date: options.clock().toISOString(),
        view,
        said: null,
      },
      { ...rendered, subject: `[TEST] ${rendered.subject}` },
      { id, caseId: null },
    )
    const { delivery, relay } = await relays.deliver('live', {
      from: options.returnPath(id),
      to: mail.to,
      trace: {},
      content: async () => bytes,
    })
    const result = delivery.kind === 'accepted' ? `accepted by ${relay}` : 'not accepted'
    await auditMail(store, undefined, {
      action: 'test',
      message: mail.template,
      result,
      actor,
      reason,
      at: options.clock(),
    })
    if (delivery.kind === 'accepted') return { kind: 'sent', relay: relay ?? 'none' }
    return delivery.kind === 'failed'
      ? { kind: 'failed', code: delivery.code, reply: delivery.failure.reply }
      : { kind: 'failed', code: 'withheld', reply: null }
  }
