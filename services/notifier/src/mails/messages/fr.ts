import type { Messages } from './en.ts'

// No-break spaces stand before : ? ! and inside « », as French typography asks.
export const fr: Messages = {
  'common.greeting': 'Bonjour,',
  'common.greetingNamed': 'Bonjour {name},',
  'common.questions': 'Une question ? Écrivez à {address}.',
  'common.signature': 'L’équipe {product}',
  'common.why': 'Vous recevez cet e-mail parce que vous avez une licence {product}.',
  'common.unsubscribe': 'Ne plus recevoir ces rappels',
  'common.test': 'Mode test : aucun paiement ni aucune licence réels ne correspondent à cet e-mail.',
  'common.paidAlready': 'Si vous avez réglé entre-temps, vous pouvez ignorer cet e-mail.',
  'common.domains': '{count, plural, one {# domaine} other {# domaines}}',
  'common.was': '{value} (auparavant {old})',

  'label.plan': 'Formule',
  'label.limit': 'Limite',
  'label.status': 'État',
  'label.endsOn': 'Prend fin le',
  'label.license': 'Licence',
  'label.key': 'Clé de licence',
  'label.newKey': 'Nouvelle clé de licence',
  'label.oldKeyEnds': 'Ancienne clé valable jusqu’au',
  'label.validThrough': 'Valable jusqu’au',
  'label.open': 'Montant dû',
  'label.invoice': 'Facture {number}',
  'label.nextTry': 'Prochain essai automatique',
  'label.dataKept': 'Données conservées jusqu’au',
  'label.renewsOn': 'Renouvellement le',
  'label.trialEnds': 'Fin de l’essai',
  'label.price': 'Prix',
  'label.card': 'Carte',
  'label.cardValue': 'se terminant par {last4}, expire en {month}',
  'label.refunded': 'Remboursé',
  'label.disputed': 'Montant contesté',

  'button.pay': 'Payer ou changer de carte',
  'button.confirm': 'Confirmer le paiement',
  'button.addMethod': 'Ajouter un moyen de paiement',
  'button.restore': 'Payer et rétablir',
  'button.portal': 'Ouvrir l’espace client',

  'status.pending': 'En attente de paiement',
  'status.active': 'Active',
  'status.suspended': 'Suspendue',
  'status.expired': 'Terminée',
  'status.revoked': 'Révoquée',

  'standing.cancelAt': 'Elle prendra fin le {date} et ne sera pas renouvelée ensuite.',
  'standing.pending': 'Elle fonctionnera dès que le premier paiement sera enregistré.',
  'standing.suspended':
    'Elle est actuellement suspendue{reason, select, payment { parce qu’un paiement n’a pas abouti} unpaid { parce qu’une facture reste impayée} paused { parce que l’abonnement est en pause} other {}} et n’est pas valable tant que ce n’est pas réglé. Rien n’est perdu.',
  'standing.expired':
    'Elle a pris fin{reason, select, canceled { parce que l’abonnement a été résilié} notRenewed { parce qu’elle n’a pas été renouvelée} payment { parce qu’un paiement n’a pas abouti} other {}} et n’est plus valable.',
  'standing.revoked': 'Elle a été révoquée et n’est plus valable.',

  'announce.downgraded': 'Sans changement de votre part, votre licence passera à {tier} le {date}.',
  'announce.suspended': 'Sans changement de votre part, votre licence sera suspendue le {date}.',

  'license_issued.subject': 'Votre clé de licence {product}',
  'license_issued.preheader': '{product} {tier} : votre clé et son mode d’emploi',
  'license_issued.heading': 'Votre clé de licence',
  'license_issued.intro': 'Merci pour votre achat. Voici votre clé de licence pour {product} {tier}.',
  'license_issued.about': 'À propos de cette licence :',
  'license_issued.howTo':
    'Saisissez la clé dans le logiciel, ou laissez votre logiciel demander à l’API de licences si elle est valable :',
  'license_issued.keep': 'Conservez cet e-mail : la clé reste la même si votre formule change.',

  'license_resent.subject': 'Votre clé de licence {product} (copie)',
  'license_resent.preheader': 'La même clé qu’avant : rien n’a changé.',
  'license_resent.heading': 'Votre clé de licence, à nouveau',
  'license_resent.intro': 'Voici à nouveau votre clé de licence pour {product} {tier}.',
  'license_resent.who': 'Notre assistance vous l’a envoyée le {date}. La clé elle-même n’a pas changé.',

  'key_rotated.subject': 'Votre clé {product} a été remplacée',
  'key_rotated.preheader': 'La nouvelle clé, et jusqu’à quand l’ancienne reste valable',
  'key_rotated.heading': 'Votre nouvelle clé de licence',
  'key_rotated.intro': 'Votre clé de licence {product} a été remplacée le {date}. Voici la nouvelle clé.',
  'key_rotated.oldUntil':
    'L’ancienne clé reste valable jusqu’au {date}. Saisissez la nouvelle dans votre logiciel avant cette date.',
  'key_rotated.oldEnded': 'L’ancienne clé n’est plus valable. Saisissez la nouvelle dans votre logiciel.',
  'key_rotated.warning': 'Vous n’êtes pas à l’origine de cette demande ? Écrivez-nous immédiatement.',

  'license_changed.subject.pending': 'Votre licence {product} attend un paiement',
  'license_changed.subject.suspended': 'Votre licence {product} est suspendue',
  'license_changed.subject.expired': 'Votre licence {product} a pris fin',
  'license_changed.subject.revoked': 'Votre licence {product} a été révoquée',
  'license_changed.subject.active': 'Votre licence {product} est de nouveau active',
  'license_changed.subject.limit': 'Votre limite {product} : désormais {limit}',
  'license_changed.subject.plan': 'Votre formule {product} est désormais {tier}',
  'license_changed.subject.goesOn': 'Votre licence {product} continue',
  'license_changed.subject.ends': 'Votre licence {product} prend fin le {date}',
  'license_changed.about': 'Ce message concerne votre licence {product}.',
  'license_changed.again':
    'Bonne nouvelle : votre licence {product} fonctionne de nouveau, avec la même clé qu’auparavant.',
  'license_changed.plan': 'La formule de votre licence {product} a changé. Votre clé reste la même.',
  'license_changed.goesOn':
    'La résiliation de votre licence {product} a été annulée : elle se renouvelle comme avant.',
  'license_changed.ends':
    'Comme demandé, votre licence {product} prend fin le {date}. Elle fonctionne jusqu’à cette date.',

  'license_renewed.subject': '{product} renouvelé jusqu’au {date}',
  'license_renewed.preheader': 'Votre clé reste la même : vous n’avez rien à faire.',
  'license_renewed.heading': 'Votre licence est renouvelée',
  'license_renewed.intro':
    'Merci : votre licence {product} a été renouvelée et reste valable jusqu’au {date}. Votre clé reste la même.',

  'trial_ending.subject': 'Votre essai {product} se termine le {date}',
  'trial_ending.preheader': 'Ce qui se passe ensuite, et ce que vous conservez',
  'trial_ending.heading': 'Votre essai se termine bientôt',
  'trial_ending.intro': 'Votre essai de {product} {tier} se termine le {date}.',
  'trial_ending.price': 'Votre abonnement se poursuit ensuite pour {amount}.',
  'trial_ending.continues': 'Votre abonnement se poursuit ensuite.',
  'trial_ending.keep': 'Votre clé de licence, vos réglages et vos données restent tels quels.',
  'trial_ending.cancel': 'Vous ne souhaitez pas continuer ? Résiliez avant cette date.',

  'renewal_upcoming.subject': '{product} se renouvelle le {date}',
  'renewal_upcoming.preheader': 'Rien à faire, sauf si vous souhaitez changer quelque chose',
  'renewal_upcoming.heading': 'Votre abonnement se renouvelle bientôt',
  'renewal_upcoming.intro':
    'Votre abonnement {product} se renouvelle le {date} pour {amount}. Vous n’avez rien à faire.',
  'renewal_upcoming.cancel': 'Vous ne souhaitez pas le renouveler ? Résiliez avant cette date.',

  'card_expiring.subject': 'La carte se terminant par {last4} expire bientôt',
  'card_expiring.preheader': 'Une nouvelle carte, et {product} continue sans interruption',
  'card_expiring.heading': 'Votre carte expire bientôt',
  'card_expiring.intro': 'La carte se terminant par {last4}, qui règle {product}, expire fin {month}.',
  'card_expiring.do':
    'Ajoutez une nouvelle carte avant le prochain paiement, afin que votre licence continue sans interruption.',

  'payment_failed.subject': 'Le paiement de {product} n’a pas abouti',
  'payment_failed.preheader': 'Votre licence fonctionne toujours. Une étape suffit.',
  'payment_failed.heading': 'Votre paiement n’a pas abouti',
  'payment_failed.intro':
    'Nous n’avons pas pu encaisser {amount} pour {product}. La cause est souvent simple : une carte expirée ou un plafond.',
  'payment_failed.works': 'Votre licence fonctionne comme avant.',
  'payment_failed.worksUntil': 'Votre licence fonctionne comme avant jusqu’au {date}.',
  'payment_failed.nextTry':
    'Nous réessaierons automatiquement le {date}. Vous pouvez aussi régler maintenant :',
  'payment_failed.do': 'Vous pouvez régler maintenant :',

  'payment_action_required.subject': 'Confirmez votre paiement pour {product}',
  'payment_action_required.preheader': 'Votre banque attend votre confirmation',
  'payment_action_required.heading': 'Merci de confirmer votre paiement',
  'payment_action_required.intro':
    'Votre banque vous demande de confirmer le paiement de {amount} pour {product}. D’ici là, il reste en attente.',

  'payment_method_missing.subject': 'Ajoutez un moyen de paiement pour {product}',
  'payment_method_missing.preheader': 'Un paiement est dû, et aucun moyen de paiement n’est enregistré',
  'payment_method_missing.heading': 'Merci d’ajouter un moyen de paiement',
  'payment_method_missing.intro':
    'Un montant de {amount} est dû pour {product}, mais aucun moyen de paiement n’est enregistré.',

  'payment_reminder.subject': 'Votre paiement pour {product} reste à régler',
  'payment_reminder.preheader': 'Montant dû : {amount}',
  'payment_reminder.heading': 'Un paiement reste à régler',
  'payment_reminder.intro': 'Nous n’avons toujours pas pu encaisser {amount} pour {product}.',

  'license_downgraded.subject': '{product} est passé à {tier}',
  'license_downgraded.preheader': 'Vos données sont en sécurité. Tout revient dès le paiement reçu.',
  'license_downgraded.heading': 'Votre licence est passée à {tier}',
  'license_downgraded.intro':
    'Un montant de {amount} restant dû, votre licence {product} est passée à {tier}. Ce qui dépasse cette formule est en pause.',
  'license_downgraded.data':
    'Vos données sont en sécurité. Dès que le paiement arrive, votre formule revient d’elle-même, avec la même clé.',

  'suspension_notice.subject': '{product} sera suspendu le {date}',
  'suspension_notice.preheader': 'Dernier avis. Montant dû : {amount}',
  'suspension_notice.heading': 'Dernier avis avant suspension',
  'suspension_notice.intro':
    'Un montant de {amount} reste dû pour {product}. Sans paiement, votre licence sera suspendue le {date}.',
  'suspension_notice.after': 'Une licence suspendue n’est plus valable. Vos données sont conservées.',

  'license_suspended.subject': '{product} est suspendu',
  'license_suspended.preheader': 'Comment la rétablir en quelques minutes',
  'license_suspended.heading': 'Votre licence est suspendue',
  'license_suspended.intro':
    'Un montant de {amount} restant dû, votre licence {product} est suspendue et n’est plus valable.',
  'license_suspended.restore':
    'Dès que le paiement arrive, la licence fonctionne de nouveau en quelques minutes, avec la même clé et toutes vos données.',

  'payment_recovered.subject': 'Tout est en ordre : {product} est actif',
  'payment_recovered.preheader': 'Votre paiement est arrivé. Plus rien à faire.',
  'payment_recovered.heading': 'Tout est en ordre, merci',
  'payment_recovered.intro': 'Votre paiement est arrivé, et votre licence {product} est pleinement active.',
  'payment_recovered.nothing': 'Vous n’avez plus rien à faire. Votre clé est la même qu’auparavant.',

  'card_updated_pending.subject': 'Carte mise à jour, nous allons réessayer',
  'card_updated_pending.preheader': 'Rien à faire pour le moment',
  'card_updated_pending.heading': 'Merci pour la nouvelle carte',
  'card_updated_pending.intro':
    'Votre nouveau moyen de paiement pour {product} est enregistré. Nous allons bientôt retenter le paiement en attente.',
  'card_updated_pending.quiet': 'Vous ne recevrez pas de rappel pendant les prochaines 24 heures.',

  'subscription_canceled.subject': '{product} a été résilié',
  'subscription_canceled.preheader': 'Ce que deviennent votre licence et vos données',
  'subscription_canceled.heading': 'Votre abonnement a pris fin',
  'subscription_canceled.asked':
    'Comme demandé, votre abonnement {product} a été résilié, et votre licence a pris fin.',
  'subscription_canceled.unpaid':
    'Votre abonnement {product} a été résilié parce qu’un montant de {amount} est resté impayé. Votre licence a pris fin.',
  'subscription_canceled.data':
    'Vos données sont conservées jusqu’au {date}. Vous pouvez les exporter d’ici là.',
  'subscription_canceled.return': 'Vous serez toujours les bienvenus.',

  'data_deletion_notice.subject': 'Vos données {product} : suppression le {date}',
  'data_deletion_notice.preheader': 'Exportez ce que vous souhaitez garder',
  'data_deletion_notice.heading': 'Vos données vont être supprimées',
  'data_deletion_notice.intro':
    'Votre licence {product} a pris fin. Le {date}, nous supprimerons les données correspondantes, sans retour possible.',
  'data_deletion_notice.do':
    'Exportez avant cette date ce que vous souhaitez garder, ou reprenez votre abonnement.',

  'refund_issued.subject': 'Remboursement pour {product}',
  'refund_issued.preheader': '{amount} : votre remboursement est en route',
  'refund_issued.heading': 'Votre remboursement est en route',
  'refund_issued.intro': 'Nous vous avons remboursé {amount} pour {product}.',
  'refund_issued.when': 'Selon votre banque, il faut cinq à dix jours pour le recevoir.',

  'dispute_opened.subject': 'Un paiement pour {product} est contesté',
  'dispute_opened.preheader': 'S’il s’agit d’une erreur, écrivez-nous',
  'dispute_opened.heading': 'Un paiement est contesté',
  'dispute_opened.intro':
    'Votre banque nous a informés qu’un paiement de {amount} pour {product} est contesté. Votre licence peut être suspendue jusqu’au règlement.',
  'dispute_opened.mistake': 'S’agit-il d’une erreur ? Écrivez-nous, cela se règle souvent rapidement.',

  'ops_alert.subject': 'E-mails de {product} : à vérifier',
  'ops_alert.preheader': 'Il s’est passé quelque chose qu’une personne devrait voir',
  'ops_alert.heading': 'Des e-mails à vérifier',
  'ops_alert.intro': 'Depuis le {date}, voici ce qui demande une personne :',
  'ops_digest.subject': 'E-mails de {product} du {date}',
  'ops_digest.preheader': '{accepted} acceptés, {troubled} à vérifier',
  'ops_digest.heading': 'Les e-mails du jour',
  'ops_digest.intro': 'Ce que sont devenus les e-mails du {date} :',
  'ops.accepted': 'Acceptés',
  'ops.bounced': 'Rejetés',
  'ops.complained': 'Plaintes',
  'ops.failed': 'Échecs',
  'ops.unknown': 'Issue inconnue',
  'ops.suppressed': 'Bloqués',
  'ops.waiting': 'En attente',
}
