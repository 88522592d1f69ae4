/**
 * English, the language that every other is checked against: the same keys (by type), the same arguments (by `npm run
 * check`). ICU messages; dates and amounts arrive formatted.
 */
export const en = {
  'common.greeting': 'Hello,',
  'common.greetingNamed': 'Hello {name},',
  'common.questions': 'Questions? Write to {address}.',
  'common.signature': 'The {product} team',
  'common.why': 'You receive this mail because you have a license for {product}.',
  'common.unsubscribe': 'Stop reminders of this kind',
  'common.test': 'Test mode: no real payment or license is behind this mail.',
  'common.paidAlready': 'If you have paid in the meantime, you can ignore this mail.',
  'common.domains': '{count, plural, one {# domain} other {# domains}}',
  'common.was': '{value} (was {old})',

  'label.plan': 'Plan',
  'label.limit': 'Limit',
  'label.status': 'Status',
  'label.endsOn': 'Ends on',
  'label.license': 'License',
  'label.key': 'License key',
  'label.newKey': 'New license key',
  'label.oldKeyEnds': 'Old key works until',
  'label.validThrough': 'Valid through',
  'label.open': 'Open amount',
  'label.invoice': 'Invoice {number}',
  'label.nextTry': 'Next automatic attempt',
  'label.dataKept': 'Data kept until',
  'label.renewsOn': 'Renews on',
  'label.trialEnds': 'Trial ends on',
  'label.price': 'Price',
  'label.card': 'Card',
  'label.cardValue': 'ending in {last4}, expires {month}',
  'label.refunded': 'Refunded',
  'label.disputed': 'Disputed amount',

  'button.pay': 'Pay or update card',
  'button.confirm': 'Confirm payment',
  'button.addMethod': 'Add payment method',
  'button.restore': 'Pay and restore',
  'button.portal': 'Open customer portal',

  'status.pending': 'Waiting for payment',
  'status.active': 'Active',
  'status.suspended': 'Suspended',
  'status.expired': 'Ended',
  'status.revoked': 'Revoked',

  'standing.cancelAt': 'It is set to end on {date} and will not renew after that.',
  'standing.pending': 'It starts to work as soon as the first payment has settled.',
  'standing.suspended':
    'It is currently suspended{reason, select, payment { because a payment did not go through} unpaid { because an invoice is unpaid} paused { because the subscription is paused} other {}} and does not validate until that is settled. Nothing is lost.',
  'standing.expired':
    'It has ended{reason, select, canceled { because the subscription was canceled} notRenewed { because it was not renewed} payment { because a payment did not go through} other {}} and no longer validates.',
  'standing.revoked': 'It has been revoked and no longer validates.',

  'announce.downgraded': 'If nothing changes, your license moves to {tier} on {date}.',
  'announce.suspended': 'If nothing changes, your license is suspended on {date}.',

  'license_issued.subject': 'Your {product} license key',
  'license_issued.preheader': '{product} {tier}: your key and how to use it',
  'license_issued.heading': 'Your license key',
  'license_issued.intro': 'Thank you for your purchase. This is your license key for {product} {tier}.',
  'license_issued.about': 'About this license:',
  'license_issued.howTo':
    'Enter the key in the software, or let your software ask the license API whether the key is valid:',
  'license_issued.keep': 'Keep this mail: the key stays the same when your plan changes.',

  'license_resent.subject': 'Your {product} license key (copy)',
  'license_resent.preheader': 'The same key as before: nothing has changed.',
  'license_resent.heading': 'Your license key, once more',
  'license_resent.intro': 'Here is your license key for {product} {tier} again.',
  'license_resent.who': 'Our support team sent it on {date}. The key itself has not changed.',

  'key_rotated.subject': 'Your {product} key was replaced',
  'key_rotated.preheader': 'The new key, and until when the old one works',
  'key_rotated.heading': 'Your new license key',
  'key_rotated.intro': 'Your license key for {product} was replaced on {date}. This is the new key.',
  'key_rotated.oldUntil':
    'The old key works until {date}. Please enter the new one in your software before then.',
  'key_rotated.oldEnded': 'The old key no longer works. Please enter the new one in your software.',
  'key_rotated.warning': 'You did not ask for this? Then please write to us at once.',

  'license_changed.subject.pending': 'Your {product} license waits for payment',
  'license_changed.subject.suspended': 'Your {product} license is suspended',
  'license_changed.subject.expired': 'Your {product} license has ended',
  'license_changed.subject.revoked': 'Your {product} license was revoked',
  'license_changed.subject.active': 'Your {product} license is active again',
  'license_changed.subject.limit': 'Your {product} limit is now {limit}',
  'license_changed.subject.plan': 'Your {product} plan is now {tier}',
  'license_changed.subject.goesOn': 'Your {product} license will go on',
  'license_changed.subject.ends': 'Your {product} license ends on {date}',
  'license_changed.about': 'This is about your {product} license.',
  'license_changed.again': 'Good news: your {product} license works again, with the same key as before.',
  'license_changed.plan': 'The plan of your {product} license has changed. Your key stays the same.',
  'license_changed.goesOn': 'The cancellation of your {product} license was withdrawn: it renews as before.',
  'license_changed.ends': 'As requested, your {product} license ends on {date}. It works until then.',

  'license_renewed.subject': '{product} renewed until {date}',
  'license_renewed.preheader': 'Your key stays the same: nothing to do.',
  'license_renewed.heading': 'Your license was renewed',
  'license_renewed.intro':
    'Thank you: your {product} license was renewed and is valid until {date}. Your key stays the same.',

  'trial_ending.subject': 'Your {product} trial ends on {date}',
  'trial_ending.preheader': 'What happens then, and what you keep',
  'trial_ending.heading': 'Your trial ends soon',
  'trial_ending.intro': 'Your trial of {product} {tier} ends on {date}.',
  'trial_ending.price': 'Your subscription then continues for {amount}.',
  'trial_ending.continues': 'Your subscription then continues.',
  'trial_ending.keep': 'Your license key, your settings and your data stay as they are.',
  'trial_ending.cancel': 'You do not want to continue? Then cancel before that date.',

  'renewal_upcoming.subject': '{product} renews on {date}',
  'renewal_upcoming.preheader': 'Nothing to do, unless you want to change something',
  'renewal_upcoming.heading': 'Your subscription renews soon',
  'renewal_upcoming.intro':
    'Your {product} subscription renews on {date} for {amount}. There is nothing you need to do.',
  'renewal_upcoming.cancel': 'You do not want to renew? Then cancel before that date.',

  'card_expiring.subject': 'Card ending in {last4} expires soon',
  'card_expiring.preheader': 'Add a new card so that {product} goes on without a break',
  'card_expiring.heading': 'Your card expires soon',
  'card_expiring.intro': 'The card ending in {last4} that pays for {product} expires at the end of {month}.',
  'card_expiring.do':
    'Please add a new card before your next payment, so that your license goes on without a break.',

  'payment_failed.subject': 'Payment for {product} did not go through',
  'payment_failed.preheader': 'Your license still works. One step settles it.',
  'payment_failed.heading': 'Your payment did not go through',
  'payment_failed.intro':
    'We could not collect {amount} for {product}. There is often a simple cause, such as an expired card or a limit.',
  'payment_failed.works': 'Your license works as before.',
  'payment_failed.worksUntil': 'Your license works as before until {date}.',
  'payment_failed.nextTry': 'We will try again by ourselves on {date}. You can also settle it now:',
  'payment_failed.do': 'You can settle it now:',

  'payment_action_required.subject': 'Confirm your payment for {product}',
  'payment_action_required.preheader': 'Your bank is waiting for your confirmation',
  'payment_action_required.heading': 'Please confirm your payment',
  'payment_action_required.intro':
    'Your bank asks you to confirm the payment of {amount} for {product}. Until you do, it stays open.',

  'payment_method_missing.subject': 'Add a payment method for {product}',
  'payment_method_missing.preheader': 'A payment is due, and no payment method is on file',
  'payment_method_missing.heading': 'Please add a payment method',
  'payment_method_missing.intro': '{amount} is due for {product}, but there is no payment method on file.',

  'payment_reminder.subject': 'Please update your payment for {product}',
  'payment_reminder.preheader': '{amount} is still open',
  'payment_reminder.heading': 'A payment is still open',
  'payment_reminder.intro': 'We still could not collect {amount} for {product}.',

  'license_downgraded.subject': '{product} is now on {tier}',
  'license_downgraded.preheader': 'Your data is safe. Everything comes back once the payment arrives.',
  'license_downgraded.heading': 'Your license is now on {tier}',
  'license_downgraded.intro':
    'Because {amount} is still open, your {product} license moved to {tier}. What went beyond that plan is paused.',
  'license_downgraded.data':
    'Your data is safe. As soon as the payment arrives, your plan comes back by itself, with the same key.',

  'suspension_notice.subject': '{product} will be suspended on {date}',
  'suspension_notice.preheader': 'Last notice: {amount} is still open',
  'suspension_notice.heading': 'Last notice before suspension',
  'suspension_notice.intro':
    '{amount} for {product} is still open. Without a payment, your license is suspended on {date}.',
  'suspension_notice.after': 'A suspended license no longer validates. Your data is kept.',

  'license_suspended.subject': '{product} is suspended',
  'license_suspended.preheader': 'How to restore it within minutes',
  'license_suspended.heading': 'Your license is suspended',
  'license_suspended.intro':
    'Because {amount} is still open, your {product} license is suspended and no longer validates.',
  'license_suspended.restore':
    'Once the payment arrives, the license works again within minutes, with the same key and all your data.',

  'payment_recovered.subject': 'All set: {product} is active',
  'payment_recovered.preheader': 'Your payment has arrived. Nothing left to do.',
  'payment_recovered.heading': 'All set, thank you',
  'payment_recovered.intro': 'Your payment has arrived, and your {product} license is fully active.',
  'payment_recovered.nothing': 'There is nothing left to do. Your key is the same as before.',

  'card_updated_pending.subject': 'Card updated, we will retry',
  'card_updated_pending.preheader': 'Nothing to do for now',
  'card_updated_pending.heading': 'Thank you for the new card',
  'card_updated_pending.intro':
    'Your new payment method for {product} is saved. We will try the open payment again shortly.',
  'card_updated_pending.quiet': 'We will not remind you for the next 24 hours.',

  'subscription_canceled.subject': '{product} was canceled',
  'subscription_canceled.preheader': 'What happens to your license and your data',
  'subscription_canceled.heading': 'Your subscription has ended',
  'subscription_canceled.asked':
    'As requested, your {product} subscription was canceled, and your license has ended.',
  'subscription_canceled.unpaid':
    'Your {product} subscription was canceled because {amount} remained unpaid. Your license has ended.',
  'subscription_canceled.data': 'Your data is kept until {date}. You can export it until then.',
  'subscription_canceled.return': 'You are welcome back at any time.',

  'data_deletion_notice.subject': 'Your {product} data: deletion on {date}',
  'data_deletion_notice.preheader': 'Export what you want to keep',
  'data_deletion_notice.heading': 'Your data will be deleted',
  'data_deletion_notice.intro':
    'Your {product} license has ended. On {date} we delete the data that belongs to it, and it cannot be brought back.',
  'data_deletion_notice.do':
    'Please export what you want to keep before that date, or continue your subscription.',

  'refund_issued.subject': 'Refund for {product}',
  'refund_issued.preheader': '{amount} is on its way back to you',
  'refund_issued.heading': 'Your refund is on its way',
  'refund_issued.intro': 'We have refunded {amount} for {product}.',
  'refund_issued.when': 'Depending on your bank, it takes five to ten days to arrive.',

  'dispute_opened.subject': 'A payment for {product} is disputed',
  'dispute_opened.preheader': 'If this is a mistake, please write to us',
  'dispute_opened.heading': 'A payment is disputed',
  'dispute_opened.intro':
    'Your bank has told us that a payment of {amount} for {product} is disputed. Your license may be suspended until that is settled.',
  'dispute_opened.mistake': 'Is this a mistake? Then please write to us, we can often settle it quickly.',

  'ops_alert.subject': '{product} mail needs a look',
  'ops_alert.preheader': 'Something happened that a person should see',
  'ops_alert.heading': 'Mail needs a look',
  'ops_alert.intro': 'Since {date} this has happened and wants a person:',
  'ops_digest.subject': '{product} mail on {date}',
  'ops_digest.preheader': '{accepted} accepted, {troubled} to look at',
  'ops_digest.heading': 'Mail of the day',
  'ops_digest.intro': 'What became of the mails of {date}:',
  'ops.accepted': 'Accepted',
  'ops.bounced': 'Bounced',
  'ops.complained': 'Complaints',
  'ops.failed': 'Failed',
  'ops.unknown': 'Outcome unknown',
  'ops.suppressed': 'Suppressed',
  'ops.waiting': 'Waiting',
} as const

export type MessageKey = keyof typeof en
export type Messages = Readonly<Record<MessageKey, string>>
