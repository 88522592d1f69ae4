import type { Messages } from './en.ts'

export const de: Messages = {
  'common.greeting': 'Guten Tag!',
  'common.greetingNamed': 'Guten Tag {name}!',
  'common.questions': 'Fragen? Schreiben Sie an {address}.',
  'common.signature': 'Ihr Team von {product}',
  'common.why': 'Sie erhalten diese E-Mail, weil Sie eine Lizenz für {product} haben.',
  'common.unsubscribe': 'Solche Erinnerungen abbestellen',
  'common.test': 'Testmodus: Hinter dieser E-Mail steht keine echte Zahlung oder Lizenz.',
  'common.paidAlready': 'Falls Sie inzwischen bezahlt haben, können Sie diese E-Mail ignorieren.',
  'common.domains': '{count, plural, one {# Domain} other {# Domains}}',
  'common.was': '{value} (bisher {old})',

  'label.plan': 'Tarif',
  'label.limit': 'Limit',
  'label.status': 'Status',
  'label.endsOn': 'Endet am',
  'label.license': 'Lizenz',
  'label.key': 'Lizenzschlüssel',
  'label.newKey': 'Neuer Lizenzschlüssel',
  'label.oldKeyEnds': 'Alter Schlüssel gilt bis',
  'label.validThrough': 'Gültig bis',
  'label.open': 'Offener Betrag',
  'label.invoice': 'Rechnung {number}',
  'label.nextTry': 'Nächster automatischer Versuch',
  'label.dataKept': 'Daten bleiben erhalten bis',
  'label.renewsOn': 'Verlängerung am',
  'label.trialEnds': 'Testphase endet am',
  'label.price': 'Preis',
  'label.card': 'Karte',
  'label.cardValue': 'mit Endziffern {last4}, gültig bis {month}',
  'label.refunded': 'Erstattet',
  'label.disputed': 'Strittiger Betrag',

  'button.pay': 'Bezahlen oder Karte ändern',
  'button.confirm': 'Zahlung bestätigen',
  'button.addMethod': 'Zahlungsmittel hinterlegen',
  'button.restore': 'Bezahlen und wiederherstellen',
  'button.portal': 'Kundenportal öffnen',

  'status.pending': 'Wartet auf Zahlung',
  'status.active': 'Aktiv',
  'status.suspended': 'Gesperrt',
  'status.expired': 'Beendet',
  'status.revoked': 'Widerrufen',

  'standing.cancelAt': 'Sie endet am {date} und verlängert sich danach nicht mehr.',
  'standing.pending': 'Sie funktioniert, sobald die erste Zahlung eingegangen ist.',
  'standing.suspended':
    'Sie ist derzeit gesperrt{reason, select, payment {, weil eine Zahlung nicht ausgeführt werden konnte,} unpaid {, weil eine Rechnung offen ist,} paused {, weil das Abonnement pausiert,} other {}} und bis zur Klärung nicht gültig. Es geht nichts verloren.',
  'standing.expired':
    'Sie ist beendet{reason, select, canceled {, weil das Abonnement gekündigt wurde,} notRenewed {, weil sie nicht verlängert wurde,} payment {, weil eine Zahlung nicht ausgeführt werden konnte,} other {}} und nicht mehr gültig.',
  'standing.revoked': 'Sie wurde widerrufen und ist nicht mehr gültig.',

  'announce.downgraded': 'Wenn sich nichts ändert, wechselt Ihre Lizenz am {date} zu {tier}.',
  'announce.suspended': 'Wenn sich nichts ändert, wird Ihre Lizenz am {date} gesperrt.',

  'license_issued.subject': 'Ihr Lizenzschlüssel für {product}',
  'license_issued.preheader': '{product} {tier}: Ihr Schlüssel und wie Sie ihn verwenden',
  'license_issued.heading': 'Ihr Lizenzschlüssel',
  'license_issued.intro': 'Vielen Dank für Ihren Kauf. Dies ist Ihr Lizenzschlüssel für {product} {tier}.',
  'license_issued.about': 'Zu dieser Lizenz:',
  'license_issued.howTo':
    'Geben Sie den Schlüssel in der Software ein, oder lassen Sie Ihre Software bei der Lizenz-API prüfen, ob er gültig ist:',
  'license_issued.keep':
    'Bewahren Sie diese E-Mail auf: Der Schlüssel bleibt derselbe, auch wenn sich Ihr Tarif ändert.',

  'license_resent.subject': 'Ihr Lizenzschlüssel für {product} (Kopie)',
  'license_resent.preheader': 'Derselbe Schlüssel wie bisher: Es hat sich nichts geändert.',
  'license_resent.heading': 'Ihr Lizenzschlüssel, noch einmal',
  'license_resent.intro': 'Hier ist Ihr Lizenzschlüssel für {product} {tier} noch einmal.',
  'license_resent.who': 'Unser Support hat ihn am {date} verschickt. Der Schlüssel selbst ist unverändert.',

  'key_rotated.subject': 'Ihr Schlüssel für {product} wurde ersetzt',
  'key_rotated.preheader': 'Der neue Schlüssel und bis wann der alte gilt',
  'key_rotated.heading': 'Ihr neuer Lizenzschlüssel',
  'key_rotated.intro':
    'Ihr Lizenzschlüssel für {product} wurde am {date} ersetzt. Dies ist der neue Schlüssel.',
  'key_rotated.oldUntil':
    'Der alte Schlüssel gilt bis {date}. Bitte tragen Sie vorher den neuen in Ihrer Software ein.',
  'key_rotated.oldEnded':
    'Der alte Schlüssel gilt nicht mehr. Bitte tragen Sie den neuen in Ihrer Software ein.',
  'key_rotated.warning': 'Das waren nicht Sie? Dann schreiben Sie uns bitte sofort.',

  'license_changed.subject.pending': 'Ihre Lizenz für {product} wartet auf Zahlung',
  'license_changed.subject.suspended': 'Ihre Lizenz für {product} ist gesperrt',
  'license_changed.subject.expired': 'Ihre Lizenz für {product} ist beendet',
  'license_changed.subject.revoked': 'Ihre Lizenz für {product} wurde widerrufen',
  'license_changed.subject.active': 'Ihre Lizenz für {product} ist wieder aktiv',
  'license_changed.subject.limit': 'Ihr Limit für {product}: jetzt {limit}',
  'license_changed.subject.plan': 'Ihr Tarif für {product} ist jetzt {tier}',
  'license_changed.subject.goesOn': 'Ihre Lizenz für {product} läuft weiter',
  'license_changed.subject.ends': 'Ihre Lizenz für {product} endet am {date}',
  'license_changed.about': 'Es geht um Ihre Lizenz für {product}.',
  'license_changed.again':
    'Gute Nachricht: Ihre Lizenz für {product} ist wieder gültig, mit demselben Schlüssel wie zuvor.',
  'license_changed.plan':
    'Der Tarif Ihrer Lizenz für {product} hat sich geändert. Ihr Schlüssel bleibt derselbe.',
  'license_changed.goesOn':
    'Die Kündigung Ihrer Lizenz für {product} wurde zurückgenommen: Sie verlängert sich wie bisher.',
  'license_changed.ends':
    'Wie gewünscht endet Ihre Lizenz für {product} am {date}. Bis dahin bleibt sie gültig.',

  'license_renewed.subject': '{product} bis {date} verlängert',
  'license_renewed.preheader': 'Ihr Schlüssel bleibt derselbe: Sie müssen nichts tun.',
  'license_renewed.heading': 'Ihre Lizenz wurde verlängert',
  'license_renewed.intro':
    'Vielen Dank: Ihre Lizenz für {product} wurde verlängert und ist bis {date} gültig. Ihr Schlüssel bleibt derselbe.',

  'trial_ending.subject': 'Ihre Testphase von {product} endet am {date}',
  'trial_ending.preheader': 'Was danach geschieht und was Sie behalten',
  'trial_ending.heading': 'Ihre Testphase endet bald',
  'trial_ending.intro': 'Ihre Testphase von {product} {tier} endet am {date}.',
  'trial_ending.price': 'Danach läuft Ihr Abonnement für {amount} weiter.',
  'trial_ending.continues': 'Danach läuft Ihr Abonnement weiter.',
  'trial_ending.keep': 'Ihr Lizenzschlüssel, Ihre Einstellungen und Ihre Daten bleiben, wie sie sind.',
  'trial_ending.cancel': 'Sie möchten nicht weitermachen? Dann kündigen Sie vor diesem Tag.',

  'renewal_upcoming.subject': '{product} verlängert sich am {date}',
  'renewal_upcoming.preheader': 'Sie müssen nichts tun, außer Sie möchten etwas ändern',
  'renewal_upcoming.heading': 'Ihr Abonnement verlängert sich bald',
  'renewal_upcoming.intro':
    'Ihr Abonnement von {product} verlängert sich am {date} für {amount}. Sie müssen nichts tun.',
  'renewal_upcoming.cancel': 'Sie möchten nicht verlängern? Dann kündigen Sie vor diesem Tag.',

  'card_expiring.subject': 'Ihre Karte mit Endziffern {last4} läuft bald ab',
  'card_expiring.preheader': 'Mit einer neuen Karte läuft {product} ohne Unterbrechung weiter',
  'card_expiring.heading': 'Ihre Karte läuft bald ab',
  'card_expiring.intro':
    'Die Karte mit den Endziffern {last4}, mit der {product} bezahlt wird, läuft Ende {month} ab.',
  'card_expiring.do':
    'Bitte hinterlegen Sie vor der nächsten Zahlung eine neue Karte, damit Ihre Lizenz ohne Unterbrechung weiterläuft.',

  'payment_failed.subject': 'Zahlung für {product} nicht ausgeführt',
  'payment_failed.preheader': 'Ihre Lizenz funktioniert weiter. Ein Schritt genügt.',
  'payment_failed.heading': 'Ihre Zahlung wurde nicht ausgeführt',
  'payment_failed.intro':
    'Wir konnten {amount} für {product} nicht einziehen. Oft ist der Grund ganz einfach: eine abgelaufene Karte oder ein Limit.',
  'payment_failed.works': 'Ihre Lizenz funktioniert wie bisher.',
  'payment_failed.worksUntil': 'Ihre Lizenz funktioniert bis {date} wie bisher.',
  'payment_failed.nextTry':
    'Am {date} versuchen wir es von selbst noch einmal. Sie können es auch gleich erledigen:',
  'payment_failed.do': 'Sie können es gleich erledigen:',

  'payment_action_required.subject': 'Bitte bestätigen: Zahlung für {product}',
  'payment_action_required.preheader': 'Ihre Bank wartet auf Ihre Bestätigung',
  'payment_action_required.heading': 'Bitte bestätigen Sie Ihre Zahlung',
  'payment_action_required.intro':
    'Ihre Bank bittet Sie, die Zahlung von {amount} für {product} zu bestätigen. Bis dahin bleibt sie offen.',

  'payment_method_missing.subject': 'Zahlungsmittel für {product} hinterlegen',
  'payment_method_missing.preheader': 'Eine Zahlung ist fällig, und es ist kein Zahlungsmittel hinterlegt',
  'payment_method_missing.heading': 'Bitte hinterlegen Sie ein Zahlungsmittel',
  'payment_method_missing.intro':
    'Für {product} sind {amount} fällig, aber es ist kein Zahlungsmittel hinterlegt.',

  'payment_reminder.subject': 'Bitte prüfen Sie Ihre Zahlung für {product}',
  'payment_reminder.preheader': '{amount} sind noch offen',
  'payment_reminder.heading': 'Eine Zahlung ist noch offen',
  'payment_reminder.intro': 'Wir konnten {amount} für {product} weiterhin nicht einziehen.',

  'license_downgraded.subject': '{product} läuft jetzt mit {tier}',
  'license_downgraded.preheader': 'Ihre Daten sind sicher. Mit der Zahlung kommt alles zurück.',
  'license_downgraded.heading': 'Ihre Lizenz läuft jetzt mit {tier}',
  'license_downgraded.intro':
    'Weil {amount} noch offen sind, ist Ihre Lizenz für {product} zu {tier} gewechselt. Was darüber hinausgeht, ruht.',
  'license_downgraded.data':
    'Ihre Daten sind sicher. Sobald die Zahlung eingeht, kommt Ihr Tarif von selbst zurück, mit demselben Schlüssel.',

  'suspension_notice.subject': '{product} wird am {date} gesperrt',
  'suspension_notice.preheader': 'Letzter Hinweis: {amount} sind noch offen',
  'suspension_notice.heading': 'Letzter Hinweis vor der Sperrung',
  'suspension_notice.intro':
    'Für {product} sind noch {amount} offen. Ohne Zahlung wird Ihre Lizenz am {date} gesperrt.',
  'suspension_notice.after': 'Eine gesperrte Lizenz ist nicht mehr gültig. Ihre Daten bleiben erhalten.',

  'license_suspended.subject': '{product} ist gesperrt',
  'license_suspended.preheader': 'So stellen Sie sie in wenigen Minuten wieder her',
  'license_suspended.heading': 'Ihre Lizenz ist gesperrt',
  'license_suspended.intro':
    'Weil {amount} noch offen sind, ist Ihre Lizenz für {product} gesperrt und nicht mehr gültig.',
  'license_suspended.restore':
    'Sobald die Zahlung eingeht, ist die Lizenz in wenigen Minuten wieder gültig, mit demselben Schlüssel und all Ihren Daten.',

  'payment_recovered.subject': 'Alles erledigt: {product} ist aktiv',
  'payment_recovered.preheader': 'Ihre Zahlung ist eingegangen. Sie müssen nichts mehr tun.',
  'payment_recovered.heading': 'Alles erledigt, vielen Dank',
  'payment_recovered.intro':
    'Ihre Zahlung ist eingegangen, und Ihre Lizenz für {product} ist wieder voll aktiv.',
  'payment_recovered.nothing': 'Sie müssen nichts mehr tun. Ihr Schlüssel ist derselbe wie zuvor.',

  'card_updated_pending.subject': 'Karte aktualisiert, wir versuchen es erneut',
  'card_updated_pending.preheader': 'Im Moment müssen Sie nichts tun',
  'card_updated_pending.heading': 'Danke für die neue Karte',
  'card_updated_pending.intro':
    'Ihr neues Zahlungsmittel für {product} ist gespeichert. Wir versuchen die offene Zahlung in Kürze noch einmal.',
  'card_updated_pending.quiet': 'In den nächsten 24 Stunden erinnern wir Sie nicht.',

  'subscription_canceled.subject': '{product} wurde gekündigt',
  'subscription_canceled.preheader': 'Was mit Ihrer Lizenz und Ihren Daten geschieht',
  'subscription_canceled.heading': 'Ihr Abonnement ist beendet',
  'subscription_canceled.asked':
    'Wie gewünscht wurde Ihr Abonnement von {product} gekündigt, und Ihre Lizenz ist beendet.',
  'subscription_canceled.unpaid':
    'Ihr Abonnement von {product} wurde beendet, weil {amount} nicht bezahlt wurden. Ihre Lizenz ist beendet.',
  'subscription_canceled.data':
    'Ihre Daten bleiben bis {date} erhalten. Bis dahin können Sie sie exportieren.',
  'subscription_canceled.return': 'Sie sind jederzeit wieder willkommen.',

  'data_deletion_notice.subject': 'Ihre Daten bei {product}: Löschung am {date}',
  'data_deletion_notice.preheader': 'Exportieren Sie, was Sie behalten möchten',
  'data_deletion_notice.heading': 'Ihre Daten werden gelöscht',
  'data_deletion_notice.intro':
    'Ihre Lizenz für {product} ist beendet. Am {date} löschen wir die zugehörigen Daten, und sie lassen sich nicht wiederherstellen.',
  'data_deletion_notice.do':
    'Bitte exportieren Sie vorher, was Sie behalten möchten, oder setzen Sie Ihr Abonnement fort.',

  'refund_issued.subject': 'Erstattung für {product}',
  'refund_issued.preheader': '{amount} sind auf dem Weg zu Ihnen',
  'refund_issued.heading': 'Ihre Erstattung ist unterwegs',
  'refund_issued.intro': 'Wir haben Ihnen {amount} für {product} erstattet.',
  'refund_issued.when': 'Je nach Bank dauert es fünf bis zehn Tage, bis das Geld ankommt.',

  'dispute_opened.subject': 'Eine Zahlung für {product} ist strittig',
  'dispute_opened.preheader': 'Falls das ein Versehen ist, schreiben Sie uns bitte',
  'dispute_opened.heading': 'Eine Zahlung ist strittig',
  'dispute_opened.intro':
    'Ihre Bank hat uns mitgeteilt, dass eine Zahlung von {amount} für {product} strittig ist. Bis zur Klärung kann Ihre Lizenz gesperrt sein.',
  'dispute_opened.mistake':
    'Ist das ein Versehen? Dann schreiben Sie uns bitte, oft lässt es sich schnell klären.',

  'ops_alert.subject': 'E-Mails von {product}: bitte ansehen',
  'ops_alert.preheader': 'Etwas ist geschehen, das ein Mensch sehen sollte',
  'ops_alert.heading': 'E-Mails brauchen einen Blick',
  'ops_alert.intro': 'Seit {date} ist Folgendes geschehen und braucht einen Menschen:',
  'ops_digest.subject': 'E-Mails von {product} am {date}',
  'ops_digest.preheader': '{accepted} angenommen, {troubled} anzusehen',
  'ops_digest.heading': 'E-Mails des Tages',
  'ops_digest.intro': 'Was aus den E-Mails vom {date} wurde:',
  'ops.accepted': 'Angenommen',
  'ops.bounced': 'Zurückgewiesen',
  'ops.complained': 'Beschwerden',
  'ops.failed': 'Gescheitert',
  'ops.unknown': 'Ausgang unbekannt',
  'ops.suppressed': 'Unterdrückt',
  'ops.waiting': 'Wartend',
}
