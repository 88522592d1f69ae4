/** Languages of the pages: those of the mails that lead to them. The first is for everybody else. */
export const PAGE_LANGUAGES = ['en', 'de', 'fr', 'es', 'ja'] as const
export type PageLanguage = (typeof PAGE_LANGUAGES)[number]

export interface PageText {
  readonly title: string
  readonly body: string
}

export interface PageTexts {
  readonly owed: PageText
  readonly outstanding: string
  readonly pay: string
  readonly card: string
  readonly safety: string
  readonly settled: PageText
  readonly expired: PageText
  readonly forged: PageText
  readonly unavailable: PageText
  readonly limited: PageText
}

export const PAGE_TEXTS: Readonly<Record<PageLanguage, PageTexts>> = {
  en: {
    owed: {
      title: 'Complete your payment',
      body: 'A payment for your subscription did not go through. Pay the open invoice, or change the card that is charged.',
    },
    outstanding: 'Amount due',
    pay: 'Continue to payment',
    card: 'Change payment method',
    safety: 'You pay on a page of Stripe. We never see your card.',
    settled: {
      title: 'There is nothing to pay',
      body: 'Everything is settled, thank you. If you have just paid, your license is restored within seconds.',
    },
    expired: {
      title: 'This link has expired',
      body: 'Please use the link in the latest mail from us. Each mail brings a fresh one.',
    },
    forged: {
      title: 'This link is not valid',
      body: 'It may have been cut off on its way. Please open it from the mail again, or copy it whole.',
    },
    unavailable: {
      title: 'Please try again in a minute',
      body: 'The payment page cannot be reached right now. Nothing was charged, and your link stays valid.',
    },
    limited: {
      title: 'Too many attempts',
      body: 'Please wait a minute and open the link again.',
    },
  },
  de: {
    owed: {
      title: 'Zahlung abschließen',
      body: 'Eine Zahlung für Ihr Abonnement ist fehlgeschlagen. Bezahlen Sie die offene Rechnung oder ändern Sie die Karte, die belastet wird.',
    },
    outstanding: 'Offener Betrag',
    pay: 'Weiter zur Zahlung',
    card: 'Zahlungsmittel ändern',
    safety: 'Sie zahlen auf einer Seite von Stripe. Wir sehen Ihre Karte nie.',
    settled: {
      title: 'Es ist nichts zu bezahlen',
      body: 'Alles ist beglichen, vielen Dank. Falls Sie gerade bezahlt haben, ist Ihre Lizenz in wenigen Sekunden wiederhergestellt.',
    },
    expired: {
      title: 'Dieser Link ist abgelaufen',
      body: 'Bitte verwenden Sie den Link in unserer neuesten E-Mail. Jede bringt einen frischen mit.',
    },
    forged: {
      title: 'Dieser Link ist ungültig',
      body: 'Vielleicht wurde er unterwegs abgeschnitten. Bitte öffnen Sie ihn noch einmal aus der E-Mail, oder kopieren Sie ihn ganz.',
    },
    unavailable: {
      title: 'Bitte versuchen Sie es in einer Minute noch einmal',
      body: 'Die Zahlungsseite ist gerade nicht erreichbar. Es wurde nichts abgebucht, und Ihr Link bleibt gültig.',
    },
    limited: {
      title: 'Zu viele Versuche',
      body: 'Bitte warten Sie eine Minute und öffnen Sie den Link dann noch einmal.',
    },
  },
  fr: {
    owed: {
      title: 'Finaliser votre paiement',
      body: 'Un paiement pour votre abonnement n’a pas abouti. Réglez la facture en attente ou changez la carte débitée.',
    },
    outstanding: 'Montant dû',
    pay: 'Continuer vers le paiement',
    card: 'Changer de moyen de paiement',
    safety: 'Vous payez sur une page de Stripe. Nous ne voyons jamais votre carte.',
    settled: {
      title: 'Il n’y a rien à payer',
      body: 'Tout est réglé, merci. Si vous venez de payer, votre licence est rétablie en quelques secondes.',
    },
    expired: {
      title: 'Ce lien a expiré',
      body: 'Utilisez le lien de notre dernier e-mail : chacun en contient un nouveau.',
    },
    forged: {
      title: 'Ce lien n’est pas valide',
      body: 'Il a peut-être été coupé en chemin. Ouvrez-le de nouveau depuis l’e-mail, ou copiez-le en entier.',
    },
    unavailable: {
      title: 'Réessayez dans une minute',
      body: 'La page de paiement est momentanément inaccessible. Rien n’a été débité et votre lien reste valable.',
    },
    limited: {
      title: 'Trop de tentatives',
      body: 'Attendez une minute, puis ouvrez de nouveau le lien.',
    },
  },
  es: {
    owed: {
      title: 'Completa tu pago',
      body: 'No se ha podido cobrar un pago de tu suscripción. Paga la factura pendiente o cambia la tarjeta en la que se cobra.',
    },
    outstanding: 'Importe pendiente',
    pay: 'Continuar al pago',
    card: 'Cambiar el método de pago',
    safety: 'Pagas en una página de Stripe. Nunca vemos tu tarjeta.',
    settled: {
      title: 'No hay nada que pagar',
      body: 'Todo está pagado, gracias. Si acabas de pagar, tu licencia se restablece en unos segundos.',
    },
    expired: {
      title: 'Este enlace ha caducado',
      body: 'Usa el enlace de nuestro último correo: cada uno trae uno nuevo.',
    },
    forged: {
      title: 'Este enlace no es válido',
      body: 'Puede que se haya cortado por el camino. Vuelve a abrirlo desde el correo o cópialo entero.',
    },
    unavailable: {
      title: 'Inténtalo de nuevo en un minuto',
      body: 'Ahora mismo no se puede acceder a la página de pago. No se ha cobrado nada y tu enlace sigue siendo válido.',
    },
    limited: {
      title: 'Demasiados intentos',
      body: 'Espera un minuto y vuelve a abrir el enlace.',
    },
  },
  ja: {
    owed: {
      title: 'お支払いの手続き',
      body: 'ご利用プランのお支払いが完了していません。未払いの請求書をお支払いいただくか、ご登録のカードを変更してください。',
    },
    outstanding: 'お支払い金額',
    pay: 'お支払いに進む',
    card: 'お支払い方法を変更する',
    safety: 'お支払いは Stripe のページで行われます。カード情報が当社に渡ることはありません。',
    settled: {
      title: 'お支払いは必要ありません',
      body: 'すべてお支払い済みです。ありがとうございます。たった今お支払いいただいた場合、ライセンスは数秒で復旧します。',
    },
    expired: {
      title: 'このリンクは期限切れです',
      body: '最新のメールに記載されたリンクをご利用ください。メールごとに新しいリンクが届きます。',
    },
    forged: {
      title: 'このリンクは無効です',
      body: 'リンクが途中で切れている可能性があります。メールからもう一度開くか、全体をコピーしてください。',
    },
    unavailable: {
      title: '1分後にもう一度お試しください',
      body: '現在、お支払いページに接続できません。請求は行われておらず、このリンクは引き続き有効です。',
    },
    limited: {
      title: '試行回数が多すぎます',
      body: '1分ほどお待ちいただき、もう一度リンクを開いてください。',
    },
  },
}
