import type { Messages } from './en.ts'

export const ja: Messages = {
  'common.greeting': 'お客様',
  'common.greetingNamed': '{name} 様',
  'common.questions': 'ご不明な点がございましたら、{address} までご連絡ください。',
  'common.signature': '{product} チーム',
  'common.why': 'このメールは、{product} のライセンスをお持ちの方にお送りしています。',
  'common.unsubscribe': 'この種のお知らせの配信を停止する',
  'common.test': 'テストモード：このメールに対応する実際のお支払いやライセンスはありません。',
  'common.paidAlready': 'すでにお支払い済みの場合は、行き違いですのでご容赦ください。',
  'common.domains': '{count, plural, other {#ドメイン}}',
  'common.was': '{value}（以前は{old}）',

  'label.plan': 'プラン',
  'label.limit': '上限',
  'label.status': '状態',
  'label.endsOn': '終了日',
  'label.license': 'ライセンス',
  'label.key': 'ライセンスキー',
  'label.newKey': '新しいライセンスキー',
  'label.oldKeyEnds': '旧キーの有効期限',
  'label.validThrough': '有効期限',
  'label.open': '未払い金額',
  'label.invoice': '請求書 {number}',
  'label.nextTry': '次回の自動決済',
  'label.dataKept': 'データの保管期限',
  'label.renewsOn': '更新日',
  'label.trialEnds': '試用終了日',
  'label.price': '料金',
  'label.card': 'カード',
  'label.cardValue': '末尾 {last4}（有効期限 {month}）',
  'label.refunded': '返金額',
  'label.disputed': '異議申し立ての金額',

  'button.pay': 'お支払い・カードの変更',
  'button.confirm': 'お支払いを確認する',
  'button.addMethod': 'お支払い方法を登録する',
  'button.restore': '支払って元に戻す',
  'button.portal': 'お客様ページを開く',

  'status.pending': 'お支払い待ち',
  'status.active': '有効',
  'status.suspended': '停止中',
  'status.expired': '終了',
  'status.revoked': '取り消し済み',

  'standing.cancelAt': 'このライセンスは{date}に終了し、その後は更新されません。',
  'standing.pending': '最初のお支払いが完了すると、ご利用いただけます。',
  'standing.suspended':
    '{reason, select, payment {お支払いが完了しなかったため、} unpaid {請求書が未払いのため、} paused {サブスクリプションが一時停止中のため、} other {}}現在このライセンスは停止中で、解決するまでご利用いただけません。データは失われません。',
  'standing.expired':
    '{reason, select, canceled {サブスクリプションが解約されたため、} notRenewed {更新されなかったため、} payment {お支払いが完了しなかったため、} other {}}このライセンスは終了し、現在はご利用いただけません。',
  'standing.revoked': 'このライセンスは取り消され、現在はご利用いただけません。',

  'announce.downgraded': 'このままお手続きがない場合、ライセンスは{date}に {tier} へ変更されます。',
  'announce.suspended': 'このままお手続きがない場合、ライセンスは{date}に停止されます。',

  'license_issued.subject': '{product} のライセンスキー',
  'license_issued.preheader': '{product} {tier}：ライセンスキーとご利用方法',
  'license_issued.heading': 'ライセンスキーのお知らせ',
  'license_issued.intro':
    'ご購入いただき、ありがとうございます。{product} {tier} のライセンスキーをお送りします。',
  'license_issued.about': 'このライセンスについて：',
  'license_issued.howTo':
    'ソフトウェアにキーを入力するか、ソフトウェアからライセンス API にキーの有効性をお問い合わせください。',
  'license_issued.keep': 'このメールは大切に保管してください。プランを変更してもキーは変わりません。',

  'license_resent.subject': '{product} のライセンスキー（再送）',
  'license_resent.preheader': '以前と同じキーです。変更はありません。',
  'license_resent.heading': 'ライセンスキーの再送',
  'license_resent.intro': '{product} {tier} のライセンスキーをあらためてお送りします。',
  'license_resent.who': '{date}にサポートチームからお送りしました。キーに変更はありません。',

  'key_rotated.subject': '{product} のキーが新しくなりました',
  'key_rotated.preheader': '新しいキーと、旧キーの有効期限のお知らせ',
  'key_rotated.heading': '新しいライセンスキー',
  'key_rotated.intro': '{product} のライセンスキーは{date}に新しくなりました。新しいキーをお送りします。',
  'key_rotated.oldUntil':
    '旧キーは{date}まで有効です。それまでにソフトウェアへ新しいキーを入力してください。',
  'key_rotated.oldEnded':
    '旧キーはご利用いただけなくなりました。ソフトウェアに新しいキーを入力してください。',
  'key_rotated.warning': 'お心当たりがない場合は、すぐにご連絡ください。',

  'license_changed.subject.pending': '{product} のライセンス：お支払い待ち',
  'license_changed.subject.suspended': '{product} のライセンスは停止中です',
  'license_changed.subject.expired': '{product} のライセンスは終了しました',
  'license_changed.subject.revoked': '{product} のライセンスは取り消されました',
  'license_changed.subject.active': '{product} のライセンスが再び有効になりました',
  'license_changed.subject.limit': '{product} の上限が{limit}になりました',
  'license_changed.subject.plan': '{product} のプランが {tier} になりました',
  'license_changed.subject.goesOn': '{product} のライセンスは継続されます',
  'license_changed.subject.ends': '{product} のライセンスは{date}に終了します',
  'license_changed.about': '{product} のライセンスについてお知らせします。',
  'license_changed.again':
    '{product} のライセンスが再びご利用いただけるようになりました。キーは以前と同じです。',
  'license_changed.plan': '{product} のライセンスのプランが変更されました。キーは変わりません。',
  'license_changed.goesOn': '{product} のライセンスの解約が取り消されました。これまでどおり更新されます。',
  'license_changed.ends':
    'お申し出のとおり、{product} のライセンスは{date}に終了します。それまではご利用いただけます。',

  'license_renewed.subject': '{product} は{date}まで更新されました',
  'license_renewed.preheader': 'キーは変わりません。お手続きは不要です。',
  'license_renewed.heading': 'ライセンスが更新されました',
  'license_renewed.intro':
    'ありがとうございます。{product} のライセンスが更新され、{date}まで有効になりました。キーは変わりません。',

  'trial_ending.subject': '{product} の試用は{date}に終了します',
  'trial_ending.preheader': '終了後の流れと、引き続きご利用いただけるもの',
  'trial_ending.heading': 'まもなく試用期間が終了します',
  'trial_ending.intro': '{product} {tier} の試用期間は{date}に終了します。',
  'trial_ending.price': 'その後、サブスクリプションは {amount} で継続されます。',
  'trial_ending.continues': 'その後、サブスクリプションは継続されます。',
  'trial_ending.keep': 'ライセンスキー、設定、データはそのままご利用いただけます。',
  'trial_ending.cancel': '継続をご希望でない場合は、その日までに解約してください。',

  'renewal_upcoming.subject': '{product} は{date}に更新されます',
  'renewal_upcoming.preheader': '変更をご希望でなければ、お手続きは不要です',
  'renewal_upcoming.heading': 'まもなく更新日です',
  'renewal_upcoming.intro':
    '{product} のサブスクリプションは{date}に {amount} で更新されます。お手続きは不要です。',
  'renewal_upcoming.cancel': '更新をご希望でない場合は、その日までに解約してください。',

  'card_expiring.subject': '末尾 {last4} のカードの期限が近づいています',
  'card_expiring.preheader': '新しいカードをご登録いただくと、{product} を中断なくご利用いただけます',
  'card_expiring.heading': 'カードの有効期限が近づいています',
  'card_expiring.intro':
    '{product} のお支払いに使われている末尾 {last4} のカードは、{month}末に期限を迎えます。',
  'card_expiring.do':
    'ライセンスを中断なくご利用いただけるよう、次回のお支払いまでに新しいカードをご登録ください。',

  'payment_failed.subject': '{product} のお支払いが完了していません',
  'payment_failed.preheader': 'ライセンスは引き続きご利用いただけます。お手続きは簡単です。',
  'payment_failed.heading': 'お支払いが完了しませんでした',
  'payment_failed.intro':
    '{product} の {amount} のお支払いが完了しませんでした。カードの期限切れやご利用限度額など、簡単な原因であることがほとんどです。',
  'payment_failed.works': 'ライセンスはこれまでどおりご利用いただけます。',
  'payment_failed.worksUntil': 'ライセンスは{date}まで、これまでどおりご利用いただけます。',
  'payment_failed.nextTry': '{date}に自動で再度お支払いを試みます。今すぐお手続きいただくこともできます。',
  'payment_failed.do': '今すぐお手続きいただけます。',

  'payment_action_required.subject': '{product} のお支払いをご確認ください',
  'payment_action_required.preheader': '銀行がお客様の確認を待っています',
  'payment_action_required.heading': 'お支払いの確認をお願いします',
  'payment_action_required.intro':
    '{product} の {amount} のお支払いについて、銀行がお客様の確認を求めています。確認いただくまで、お支払いは完了しません。',

  'payment_method_missing.subject': '{product} のお支払い方法をご登録ください',
  'payment_method_missing.preheader': 'お支払い期日ですが、お支払い方法が登録されていません',
  'payment_method_missing.heading': 'お支払い方法のご登録をお願いします',
  'payment_method_missing.intro':
    '{product} の {amount} がお支払い期日を迎えましたが、お支払い方法が登録されていません。',

  'payment_reminder.subject': '{product} のお支払いをご確認ください',
  'payment_reminder.preheader': '{amount} が未払いです',
  'payment_reminder.heading': 'お支払いがまだ完了していません',
  'payment_reminder.intro': '{product} の {amount} のお支払いがまだ完了していません。',

  'license_downgraded.subject': '{product} は {tier} に変更されました',
  'license_downgraded.preheader': 'データは安全です。お支払いが確認でき次第、元に戻ります。',
  'license_downgraded.heading': 'ライセンスは {tier} に変更されました',
  'license_downgraded.intro':
    '{amount} が未払いのため、{product} のライセンスは {tier} に変更されました。{tier} を超える機能は一時的にご利用いただけません。',
  'license_downgraded.data':
    'データは安全に保管されています。お支払いが確認でき次第、同じキーのまま自動的に元のプランに戻ります。',

  'suspension_notice.subject': '{product} は{date}に停止されます',
  'suspension_notice.preheader': '最後のお知らせ：{amount} が未払いです',
  'suspension_notice.heading': '停止前の最後のお知らせ',
  'suspension_notice.intro':
    '{product} の {amount} が未払いです。お支払いがない場合、ライセンスは{date}に停止されます。',
  'suspension_notice.after': '停止中のライセンスはご利用いただけません。データは保管されます。',

  'license_suspended.subject': '{product} は停止されました',
  'license_suspended.preheader': '数分で元に戻す方法のご案内',
  'license_suspended.heading': 'ライセンスは停止されました',
  'license_suspended.intro':
    '{amount} が未払いのため、{product} のライセンスは停止され、現在はご利用いただけません。',
  'license_suspended.restore':
    'お支払いが確認でき次第、数分で元に戻ります。キーもデータもそのままご利用いただけます。',

  'payment_recovered.subject': 'お支払い完了：{product} は有効です',
  'payment_recovered.preheader': 'お支払いを確認しました。お手続きは不要です。',
  'payment_recovered.heading': 'お支払いありがとうございます',
  'payment_recovered.intro': 'お支払いを確認しました。{product} のライセンスはすべてご利用いただけます。',
  'payment_recovered.nothing': 'これ以上のお手続きは不要です。キーは以前と同じです。',

  'card_updated_pending.subject': 'カードを更新しました。再度お支払いを試みます',
  'card_updated_pending.preheader': '現在お手続きは不要です',
  'card_updated_pending.heading': 'カードのご登録ありがとうございます',
  'card_updated_pending.intro':
    '{product} の新しいお支払い方法を登録しました。まもなく、未払い分のお支払いを再度試みます。',
  'card_updated_pending.quiet': '今後24時間は、お知らせをお送りしません。',

  'subscription_canceled.subject': '{product} は解約されました',
  'subscription_canceled.preheader': 'ライセンスとデータについて',
  'subscription_canceled.heading': 'サブスクリプションは終了しました',
  'subscription_canceled.asked':
    'お申し出のとおり、{product} のサブスクリプションは解約され、ライセンスは終了しました。',
  'subscription_canceled.unpaid':
    '{amount} が未払いのため、{product} のサブスクリプションは解約され、ライセンスは終了しました。',
  'subscription_canceled.data': 'データは{date}まで保管されます。それまではエクスポートいただけます。',
  'subscription_canceled.return': 'またのご利用をお待ちしております。',

  'data_deletion_notice.subject': '{product} のデータは{date}に削除されます',
  'data_deletion_notice.preheader': '必要なデータはエクスポートしてください',
  'data_deletion_notice.heading': 'データ削除のお知らせ',
  'data_deletion_notice.intro':
    '{product} のライセンスは終了しました。関連するデータは{date}に削除され、元に戻すことはできません。',
  'data_deletion_notice.do':
    '必要なデータはその日までにエクスポートするか、サブスクリプションを再開してください。',

  'refund_issued.subject': '{product} の返金のお知らせ',
  'refund_issued.preheader': '{amount} を返金しました',
  'refund_issued.heading': '返金のお知らせ',
  'refund_issued.intro': '{product} の {amount} を返金しました。',
  'refund_issued.when': '銀行により、着金まで5日から10日ほどかかります。',

  'dispute_opened.subject': '{product} のお支払いに異議申し立てがありました',
  'dispute_opened.preheader': '手違いの場合はご連絡ください',
  'dispute_opened.heading': 'お支払いへの異議申し立て',
  'dispute_opened.intro':
    '{product} の {amount} のお支払いについて、銀行より異議申し立ての連絡がありました。解決するまで、ライセンスが停止されることがあります。',
  'dispute_opened.mistake': '手違いの場合はご連絡ください。すぐに解決できることがほとんどです。',

  'ops_alert.subject': '{product} のメールをご確認ください',
  'ops_alert.preheader': '担当者の確認が必要な事象が発生しました',
  'ops_alert.heading': 'メールの確認が必要です',
  'ops_alert.intro': '{date}以降、担当者の確認が必要な事象が発生しています。',
  'ops_digest.subject': '{product} のメール（{date}）',
  'ops_digest.preheader': '受理 {accepted} 件、要確認 {troubled} 件',
  'ops_digest.heading': '本日のメール',
  'ops_digest.intro': '{date}のメールの結果です。',
  'ops.accepted': '受理',
  'ops.bounced': '不達',
  'ops.complained': '苦情',
  'ops.failed': '失敗',
  'ops.unknown': '結果不明',
  'ops.suppressed': '送信停止',
  'ops.waiting': '待機中',
}
