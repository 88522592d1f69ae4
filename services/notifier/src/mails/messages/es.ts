import type { Messages } from './en.ts'

export const es: Messages = {
  'common.greeting': 'Hola:',
  'common.greetingNamed': 'Hola, {name}:',
  'common.questions': '¿Tiene alguna pregunta? Escriba a {address}.',
  'common.signature': 'El equipo de {product}',
  'common.why': 'Recibe este correo porque tiene una licencia de {product}.',
  'common.unsubscribe': 'No recibir más avisos de este tipo',
  'common.test': 'Modo de prueba: este correo no corresponde a ningún pago ni licencia reales.',
  'common.paidAlready': 'Si ya ha pagado, puede ignorar este correo.',
  'common.domains': '{count, plural, one {# dominio} other {# dominios}}',
  'common.was': '{value} (antes {old})',

  'label.plan': 'Plan',
  'label.limit': 'Límite',
  'label.status': 'Estado',
  'label.endsOn': 'Termina el',
  'label.license': 'Licencia',
  'label.key': 'Clave de licencia',
  'label.newKey': 'Nueva clave de licencia',
  'label.oldKeyEnds': 'La clave anterior vale hasta',
  'label.validThrough': 'Válida hasta',
  'label.open': 'Importe pendiente',
  'label.invoice': 'Factura {number}',
  'label.nextTry': 'Próximo intento automático',
  'label.dataKept': 'Datos conservados hasta',
  'label.renewsOn': 'Se renueva el',
  'label.trialEnds': 'La prueba termina el',
  'label.price': 'Precio',
  'label.card': 'Tarjeta',
  'label.cardValue': 'terminada en {last4}, caduca en {month}',
  'label.refunded': 'Reembolsado',
  'label.disputed': 'Importe en disputa',

  'button.pay': 'Pagar o cambiar la tarjeta',
  'button.confirm': 'Confirmar el pago',
  'button.addMethod': 'Añadir método de pago',
  'button.restore': 'Pagar y restablecer',
  'button.portal': 'Abrir el portal de clientes',

  'status.pending': 'A la espera del pago',
  'status.active': 'Activa',
  'status.suspended': 'Suspendida',
  'status.expired': 'Terminada',
  'status.revoked': 'Revocada',

  'standing.cancelAt': 'Terminará el {date} y después no se renovará.',
  'standing.pending': 'Funcionará en cuanto se complete el primer pago.',
  'standing.suspended':
    'Está suspendida{reason, select, payment { porque un pago no se pudo realizar} unpaid { porque hay una factura pendiente} paused { porque la suscripción está en pausa} other {}} y no será válida hasta que se resuelva. No se pierde nada.',
  'standing.expired':
    'Ha terminado{reason, select, canceled { porque la suscripción se canceló} notRenewed { porque no se renovó} payment { porque un pago no se pudo realizar} other {}} y ya no es válida.',
  'standing.revoked': 'Ha sido revocada y ya no es válida.',

  'announce.downgraded': 'Si nada cambia, su licencia pasará a {tier} el {date}.',
  'announce.suspended': 'Si nada cambia, su licencia se suspenderá el {date}.',

  'license_issued.subject': 'Su clave de licencia de {product}',
  'license_issued.preheader': '{product} {tier}: su clave y cómo usarla',
  'license_issued.heading': 'Su clave de licencia',
  'license_issued.intro': 'Gracias por su compra. Esta es su clave de licencia de {product} {tier}.',
  'license_issued.about': 'Sobre esta licencia:',
  'license_issued.howTo':
    'Introduzca la clave en el programa, o deje que su programa pregunte a la API de licencias si es válida:',
  'license_issued.keep': 'Conserve este correo: la clave sigue siendo la misma aunque cambie de plan.',

  'license_resent.subject': 'Su clave de licencia de {product} (copia)',
  'license_resent.preheader': 'La misma clave de antes: nada ha cambiado.',
  'license_resent.heading': 'Su clave de licencia, de nuevo',
  'license_resent.intro': 'Esta es, de nuevo, su clave de licencia de {product} {tier}.',
  'license_resent.who': 'Nuestro equipo de soporte se la envió el {date}. La clave no ha cambiado.',

  'key_rotated.subject': 'Su clave de {product} se ha sustituido',
  'key_rotated.preheader': 'La nueva clave y hasta cuándo vale la anterior',
  'key_rotated.heading': 'Su nueva clave de licencia',
  'key_rotated.intro': 'Su clave de licencia de {product} se sustituyó el {date}. Esta es la nueva clave.',
  'key_rotated.oldUntil': 'La clave anterior vale hasta el {date}. Introduzca antes la nueva en su programa.',
  'key_rotated.oldEnded': 'La clave anterior ya no es válida. Introduzca la nueva en su programa.',
  'key_rotated.warning': '¿No lo ha pedido usted? Escríbanos de inmediato.',

  'license_changed.subject.pending': 'Su licencia de {product} espera el pago',
  'license_changed.subject.suspended': 'Su licencia de {product} está suspendida',
  'license_changed.subject.expired': 'Su licencia de {product} ha terminado',
  'license_changed.subject.revoked': 'Su licencia de {product} ha sido revocada',
  'license_changed.subject.active': 'Su licencia de {product} vuelve a estar activa',
  'license_changed.subject.limit': 'Su límite de {product} es ahora de {limit}',
  'license_changed.subject.plan': 'Su plan de {product} es ahora {tier}',
  'license_changed.subject.goesOn': 'Su licencia de {product} continúa',
  'license_changed.subject.ends': 'Su licencia de {product} termina el {date}',
  'license_changed.about': 'Le escribimos por su licencia de {product}.',
  'license_changed.again':
    'Buenas noticias: su licencia de {product} vuelve a funcionar, con la misma clave de antes.',
  'license_changed.plan': 'El plan de su licencia de {product} ha cambiado. Su clave sigue siendo la misma.',
  'license_changed.goesOn':
    'La cancelación de su licencia de {product} se ha retirado: se renueva como antes.',
  'license_changed.ends':
    'Tal como pidió, su licencia de {product} termina el {date}. Funciona hasta entonces.',

  'license_renewed.subject': '{product} renovado hasta el {date}',
  'license_renewed.preheader': 'Su clave sigue siendo la misma: no tiene que hacer nada.',
  'license_renewed.heading': 'Su licencia se ha renovado',
  'license_renewed.intro':
    'Gracias: su licencia de {product} se ha renovado y es válida hasta el {date}. Su clave sigue siendo la misma.',

  'trial_ending.subject': 'Su prueba de {product} termina el {date}',
  'trial_ending.preheader': 'Qué ocurre después y qué conserva',
  'trial_ending.heading': 'Su prueba termina pronto',
  'trial_ending.intro': 'Su prueba de {product} {tier} termina el {date}.',
  'trial_ending.price': 'Después, su suscripción continúa por {amount}.',
  'trial_ending.continues': 'Después, su suscripción continúa.',
  'trial_ending.keep': 'Su clave de licencia, sus ajustes y sus datos se quedan como están.',
  'trial_ending.cancel': '¿No quiere continuar? Cancele antes de esa fecha.',

  'renewal_upcoming.subject': '{product} se renueva el {date}',
  'renewal_upcoming.preheader': 'No tiene que hacer nada, salvo que quiera cambiar algo',
  'renewal_upcoming.heading': 'Su suscripción se renueva pronto',
  'renewal_upcoming.intro':
    'Su suscripción de {product} se renueva el {date} por {amount}. No tiene que hacer nada.',
  'renewal_upcoming.cancel': '¿No quiere renovarla? Cancele antes de esa fecha.',

  'card_expiring.subject': 'La tarjeta terminada en {last4} caduca pronto',
  'card_expiring.preheader': 'Con una tarjeta nueva, {product} continúa sin interrupciones',
  'card_expiring.heading': 'Su tarjeta caduca pronto',
  'card_expiring.intro':
    'La tarjeta terminada en {last4} con la que se paga {product} caduca a finales de {month}.',
  'card_expiring.do':
    'Añada una tarjeta nueva antes del próximo pago para que su licencia continúe sin interrupciones.',

  'payment_failed.subject': 'El pago de {product} no se pudo realizar',
  'payment_failed.preheader': 'Su licencia sigue funcionando. Se resuelve en un paso.',
  'payment_failed.heading': 'Su pago no se pudo realizar',
  'payment_failed.intro':
    'No hemos podido cobrar {amount} por {product}. La causa suele ser sencilla, como una tarjeta caducada o un límite.',
  'payment_failed.works': 'Su licencia funciona como siempre.',
  'payment_failed.worksUntil': 'Su licencia funciona como siempre hasta el {date}.',
  'payment_failed.nextTry':
    'Volveremos a intentarlo automáticamente el {date}. También puede resolverlo ahora:',
  'payment_failed.do': 'Puede resolverlo ahora:',

  'payment_action_required.subject': 'Confirme su pago de {product}',
  'payment_action_required.preheader': 'Su banco espera su confirmación',
  'payment_action_required.heading': 'Confirme su pago',
  'payment_action_required.intro':
    'Su banco le pide que confirme el pago de {amount} por {product}. Hasta entonces queda pendiente.',

  'payment_method_missing.subject': 'Añada un método de pago para {product}',
  'payment_method_missing.preheader': 'Hay un pago pendiente y ningún método de pago guardado',
  'payment_method_missing.heading': 'Añada un método de pago',
  'payment_method_missing.intro':
    'Hay {amount} por pagar de {product}, pero no hay ningún método de pago guardado.',

  'payment_reminder.subject': 'Actualice su pago de {product}',
  'payment_reminder.preheader': 'Importe pendiente: {amount}',
  'payment_reminder.heading': 'Queda un pago pendiente',
  'payment_reminder.intro': 'Seguimos sin poder cobrar {amount} por {product}.',

  'license_downgraded.subject': '{product} está ahora en {tier}',
  'license_downgraded.preheader': 'Sus datos están a salvo. Todo vuelve cuando llegue el pago.',
  'license_downgraded.heading': 'Su licencia está ahora en {tier}',
  'license_downgraded.intro':
    'Como siguen pendientes {amount}, su licencia de {product} ha pasado a {tier}. Lo que supera ese plan queda en pausa.',
  'license_downgraded.data':
    'Sus datos están a salvo. En cuanto llegue el pago, su plan vuelve por sí solo, con la misma clave.',

  'suspension_notice.subject': '{product} se suspenderá el {date}',
  'suspension_notice.preheader': 'Último aviso. Importe pendiente: {amount}',
  'suspension_notice.heading': 'Último aviso antes de la suspensión',
  'suspension_notice.intro':
    'Siguen pendientes {amount} de {product}. Si no recibimos el pago, su licencia se suspenderá el {date}.',
  'suspension_notice.after': 'Una licencia suspendida no es válida. Sus datos se conservan.',

  'license_suspended.subject': '{product} está suspendido',
  'license_suspended.preheader': 'Cómo restablecerlo en unos minutos',
  'license_suspended.heading': 'Su licencia está suspendida',
  'license_suspended.intro':
    'Como siguen pendientes {amount}, su licencia de {product} está suspendida y no es válida.',
  'license_suspended.restore':
    'Cuando llegue el pago, la licencia volverá a funcionar en unos minutos, con la misma clave y todos sus datos.',

  'payment_recovered.subject': 'Todo en orden: {product} está activo',
  'payment_recovered.preheader': 'Hemos recibido su pago. No tiene que hacer nada más.',
  'payment_recovered.heading': 'Todo en orden, gracias',
  'payment_recovered.intro': 'Hemos recibido su pago y su licencia de {product} está plenamente activa.',
  'payment_recovered.nothing': 'No tiene que hacer nada más. Su clave es la misma de antes.',

  'card_updated_pending.subject': 'Tarjeta actualizada, volveremos a intentarlo',
  'card_updated_pending.preheader': 'Por ahora no tiene que hacer nada',
  'card_updated_pending.heading': 'Gracias por la nueva tarjeta',
  'card_updated_pending.intro':
    'Su nuevo método de pago para {product} está guardado. En breve intentaremos de nuevo el pago pendiente.',
  'card_updated_pending.quiet': 'No le enviaremos avisos durante las próximas 24 horas.',

  'subscription_canceled.subject': '{product} se ha cancelado',
  'subscription_canceled.preheader': 'Qué ocurre con su licencia y sus datos',
  'subscription_canceled.heading': 'Su suscripción ha terminado',
  'subscription_canceled.asked':
    'Tal como pidió, su suscripción de {product} se canceló y su licencia ha terminado.',
  'subscription_canceled.unpaid':
    'Su suscripción de {product} se canceló porque quedaron {amount} sin pagar. Su licencia ha terminado.',
  'subscription_canceled.data': 'Sus datos se conservan hasta el {date}. Puede exportarlos hasta entonces.',
  'subscription_canceled.return': 'Puede volver cuando quiera.',

  'data_deletion_notice.subject': 'Sus datos de {product}: borrado el {date}',
  'data_deletion_notice.preheader': 'Exporte lo que quiera conservar',
  'data_deletion_notice.heading': 'Sus datos se van a borrar',
  'data_deletion_notice.intro':
    'Su licencia de {product} ha terminado. El {date} borraremos los datos asociados y no se podrán recuperar.',
  'data_deletion_notice.do': 'Exporte antes lo que quiera conservar, o reanude su suscripción.',

  'refund_issued.subject': 'Reembolso de {product}',
  'refund_issued.preheader': 'Su reembolso de {amount} está en camino',
  'refund_issued.heading': 'Su reembolso está en camino',
  'refund_issued.intro': 'Le hemos reembolsado {amount} de {product}.',
  'refund_issued.when': 'Según su banco, tarda entre cinco y diez días en llegar.',

  'dispute_opened.subject': 'Un pago de {product} está en disputa',
  'dispute_opened.preheader': 'Si es un error, escríbanos',
  'dispute_opened.heading': 'Un pago está en disputa',
  'dispute_opened.intro':
    'Su banco nos ha comunicado que un pago de {amount} por {product} está en disputa. Su licencia puede quedar suspendida hasta que se resuelva.',
  'dispute_opened.mistake': '¿Es un error? Escríbanos: a menudo se resuelve enseguida.',

  'ops_alert.subject': 'Correos de {product}: requieren atención',
  'ops_alert.preheader': 'Ha ocurrido algo que una persona debería ver',
  'ops_alert.heading': 'Los correos requieren atención',
  'ops_alert.intro': 'Desde el {date} ha ocurrido esto y requiere una persona:',
  'ops_digest.subject': 'Correos de {product} del {date}',
  'ops_digest.preheader': '{accepted} aceptados, {troubled} por revisar',
  'ops_digest.heading': 'Los correos del día',
  'ops_digest.intro': 'Qué fue de los correos del {date}:',
  'ops.accepted': 'Aceptados',
  'ops.bounced': 'Rebotados',
  'ops.complained': 'Quejas',
  'ops.failed': 'Fallidos',
  'ops.unknown': 'Resultado desconocido',
  'ops.suppressed': 'Bloqueados',
  'ops.waiting': 'En espera',
}
