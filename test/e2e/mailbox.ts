import { waitUntil } from '@keyflow/devstack'
import type { Inbox, ReceivedMail } from '../../services/notifier/test/inbox.ts'

const KEY = /KF-[0-9A-Z]{6}(?:-[0-9A-Z]{4,6})+/

/** The license key that a mail shows; undefined when it shows none. */
export const keyIn = (mail: ReceivedMail | undefined): string | undefined => KEY.exec(mail?.text ?? '')?.[0]

/** What the buyers find in their inboxes. */
export const openMailbox = ({ accepted }: Inbox) => {
  const mailsTo = (email: string): readonly ReceivedMail[] =>
    accepted.filter(({ envelopeTo }) => envelopeTo.includes(email))
  const keysTo = (email: string): readonly string[] => mailsTo(email).flatMap((mail) => keyIn(mail) ?? [])

  return {
    /** All mails so far. */
    count: (): number => accepted.length,
    mailsTo,
    keysTo,
    /** The first key that arrives there. */
    untilKey: (email: string): Promise<string> =>
      waitUntil(() => keysTo(email)[0], { what: `a key for ${email}`, deadlineMs: 30_000 }),
    /** The first mail whose subject matches. */
    untilSubject: (email: string, subject: RegExp): Promise<ReceivedMail> =>
      waitUntil(() => mailsTo(email).find((mail) => subject.test(mail.subject ?? '')), {
        what: `a mail "${subject.source}" for ${email}`,
        deadlineMs: 30_000,
      }),
  }
}
export type Mailbox = ReturnType<typeof openMailbox>
