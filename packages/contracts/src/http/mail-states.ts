/**
 * waiting_contact -> queued -> rendered -> sending -> accepted | bounced | failed | unknown. `sending` is committed before
 * the first byte of content can leave: whoever finds it later finds "outcome unknown". Not sent at all: `superseded` (no
 * longer true), `expired` (too late), `suppressed` (the address wants or takes none). Reports that come later lead from
 * `accepted` or `unknown` to `delivered`, `bounced` or `complained`.
 */
export const MESSAGE_STATES = [
  'waiting_contact',
  'queued',
  'rendered',
  'sending',
  'accepted',
  'delivered',
  'bounced',
  'complained',
  'failed',
  'unknown',
  'superseded',
  'expired',
  'suppressed',
] as const
export type MessageState = (typeof MESSAGE_STATES)[number]
