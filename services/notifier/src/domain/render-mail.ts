import type { MailView, RenderedMail } from './mail-view.ts'
import { renderLicenseChanged } from './render-license-changed.ts'
import { renderLicenseIssued } from './render-license-issued.ts'

/** Pure: one view and one key give one text. `key` is used only by mails that carry it. Throws nothing. */
export const renderMail = (view: MailView, key: string): RenderedMail =>
  view.template === 'license_issued' ? renderLicenseIssued(view, key) : renderLicenseChanged(view)
