import { judge } from '../src/protocol/judge.ts'
import type { JudgedLicense, Question } from '../src/protocol/judged-license.ts'
import { AT, activated, CAUSES, DAY, GOOD } from './verdict-causes.ts'

/** A license, a question and an instant, and the one right verdict on them. */
export interface VerdictVector {
  readonly name: string
  readonly license: JudgedLicense | null
  readonly question: Question
  /** Unix seconds. */
  readonly at: number
  readonly expected: {
    readonly valid: boolean
    readonly code: string
    readonly locks: boolean
    readonly warnings: readonly string[]
    readonly missing: readonly string[]
  }
}

type Case = readonly [
  name: string,
  license: Partial<JudgedLicense> | null,
  question?: Question | undefined,
  at?: number,
]

const place = (rank: number, mayExceed = false) => ({ domain: { ...activated, used: 7, rank, mayExceed } })
const asked = { domain: 'shop.example.com' }
const rotated = { at: AT - DAY, overlapEndsAt: AT + DAY }

const CASES: readonly Case[] = [
  ['no license has the key', null],
  ['nothing is wrong', {}],
  ...CAUSES.map(([code, license, question]): Case => [`alone: ${code}`, license, question]),
  ['in grace', { standing: 'grace', validThrough: null, graceEndsAt: AT + 5 * DAY }],
  [
    'on trial, cancellation scheduled, about to end',
    { trialEndsAt: AT + DAY, cancelAt: AT + DAY, validThrough: AT + DAY },
  ],
  ['in its last second', { validThrough: AT }],
  ['a second after its end', { validThrough: AT - 1 }],
  ['no end known', { validThrough: null }],
  ['over by a fact, though paid for longer', { standing: 'ended', validThrough: AT + 30 * DAY }],
  ['an earlier key within its overlap', { rotated }],
  ['an earlier key at the end of its overlap', { rotated }, {}, AT + DAY],
  ['an earlier key of a license in grace', { rotated, standing: 'grace' }],
  ['an earlier key of a revoked license', { rotated, standing: 'revoked' }],
  [
    'an earlier key after its overlap, of a revoked license',
    { rotated, standing: 'revoked' },
    {},
    AT + 2 * DAY,
  ],
  ['revoked, and of another product', { standing: 'revoked' }, { productId: 'other' }],
  ['of another product, and of the other mode', {}, { productId: 'other', livemode: false }],
  ['of the other mode, and expired', { validThrough: AT - 1 }, { livemode: false }],
  ['expired, and not activated', { validThrough: AT - 1, binding: 'domain' }],
  ['limit lowered to 3 with 7 in use: third', place(3), asked],
  ['limit lowered to 3 with 7 in use: fourth', place(4), asked],
  ['limit lowered to 3 with 7 in use: seventh, overage allowed', place(7, true), asked],
  [
    'a sign of life in its last second',
    { domain: { ...activated, heartbeat: { everySeconds: 60, lastAt: AT - 60 } } },
    asked,
  ],
  ['entitlements that are there', {}, { entitlements: ['updates'] }],
  [
    'a release from within the maintenance',
    { validThrough: null, maintenanceEndsAt: AT - DAY },
    { releasedAt: AT - DAY },
  ],
  [
    'a release from after the maintenance',
    { validThrough: null, maintenanceEndsAt: AT - DAY },
    { releasedAt: AT - DAY + 1 },
  ],
  ['too new, and in grace', { standing: 'grace', maintenanceEndsAt: AT - DAY }, { releasedAt: AT }],
]

export const verdictVectors = (): readonly VerdictVector[] =>
  CASES.map(([name, partial, question = {}, at = AT]) => {
    const license = partial === null ? null : { ...GOOD, ...partial }
    const { valid, code, locks, warnings, missing } = judge(license, question, at)
    return { name, license, question, at, expected: { valid, code, locks, warnings, missing } }
  })
