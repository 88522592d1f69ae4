import { NOTICE_TEMPLATES } from '@keyflow/contracts'
import { type Static, Type } from 'typebox'
import { WEEKDAYS } from '../domain/calendar.ts'
import { DECLINE_CLASSES } from '../domain/decline-class.ts'

const oneOf = <const C extends readonly string[]>(choices: C) =>
  Type.Unsafe<C[number]>({ type: 'string', enum: [...choices] })

/** Weeks to seconds, whole numbers; the calendar reads it, this only keeps typing errors out. */
const Duration = Type.String({
  pattern: '^P(?=\\d|T\\d)(\\d+M)?(\\d+W)?(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+S)?)?$',
  description: 'ISO 8601: P3D is three calendar days, PT72H exactly 72 hours.',
})
const Id = Type.String({ pattern: '^[a-z][a-z0-9_-]{0,39}$' })
const Template = oneOf(NOTICE_TEMPLATES)
const closed = { additionalProperties: false } as const
const Names = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })
const Amounts = Type.Record(Type.String({ pattern: '^[a-z]{3}$' }), Type.Integer({ minimum: 0 }), {
  description: 'Minor units by ISO 4217 code in lower case.',
})

const Window = Type.Object(
  {
    from: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
    to: Type.String({ pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' }),
    days: Type.Optional(Type.Array(oneOf(WEEKDAYS), { minItems: 1, uniqueItems: true })),
  },
  closed,
)

const Match = Type.Object(
  {
    tier: Type.Optional(Names),
    country: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), { minItems: 1 })),
    currency: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z]{3}$' }), { minItems: 1 })),
    amountAtLeast: Type.Optional(Amounts),
    tags: Type.Optional(Names),
    collectionMethod: Type.Optional(
      Type.Array(oneOf(['charge_automatically', 'send_invoice']), { minItems: 1 }),
    ),
    livemode: Type.Optional(Type.Boolean()),
    decline: Type.Optional(Type.Array(oneOf(DECLINE_CLASSES), { minItems: 1 })),
  },
  closed,
)

const Action = Type.Union([
  Type.Object({ email: Template }, closed),
  Type.Object(
    {
      restrict: Type.Object(
        { level: oneOf(['downgraded', 'suspended']), to: Type.Optional(Type.String({ minLength: 1 })) },
        closed,
      ),
    },
    closed,
  ),
  Type.Object({ task: Type.Object({ title: Type.String({ minLength: 1 }) }, closed) }, closed),
])

const Step = Type.Object(
  {
    id: Id,
    after: Duration,
    do: Type.Array(Action, { minItems: 1, maxItems: 3 }),
    when: Type.Optional(Match),
    announces: Type.Optional(Id),
    notice: Type.Optional(Type.Object({ min: Duration }, closed)),
  },
  closed,
)

const Override = Type.Object(
  {
    template: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,39}$' }), Template)),
    extra: Type.Optional(Type.Array(Step)),
    quiet: Type.Optional(Duration),
  },
  closed,
)

const PolicyText = Type.Object(
  {
    id: Id,
    match: Match,
    clock: Type.Optional(
      Type.Object(
        {
          zone: Type.Optional(Type.String({ description: '`customer`, `account`, or an IANA zone.' })),
          sendWindow: Type.Optional(Type.Union([Window, Type.Null()])),
          restrictWindow: Type.Optional(Type.Union([Window, Type.Null()])),
        },
        closed,
      ),
    ),
    open: Type.Optional(
      Type.Object(
        {
          on: Type.Optional(
            Type.Array(oneOf(['payment_failed', 'action_required', 'overdue']), {
              minItems: 1,
              uniqueItems: true,
            }),
          ),
          minAmount: Type.Optional(Amounts),
          quiet: Type.Optional(Duration),
        },
        closed,
      ),
    ),
    steps: Type.Array(Step, { minItems: 1, maxItems: 20 }),
    byDecline: Type.Optional(
      Type.Object(
        Object.fromEntries(DECLINE_CLASSES.map((decline) => [decline, Type.Optional(Override)])),
        closed,
      ),
    ),
    recovery: Type.Optional(
      Type.Object(
        {
          email: Type.Optional(Type.Union([Type.Literal('payment_recovered'), Type.Null()])),
          restoreOnWriteOff: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
    ),
    end: Type.Optional(
      Type.Object(
        {
          after: Type.Optional(Duration),
          onStripeCancel: Type.Optional(oneOf(['timeline', 'now'])),
        },
        closed,
      ),
    ),
    limits: Type.Optional(
      Type.Object(
        {
          perCustomerPerDay: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 })),
          perEpisode: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
          minGap: Type.Optional(Duration),
        },
        closed,
      ),
    ),
    noticeFallback: Type.Optional(
      Type.Union([Type.Literal('hold'), Type.Object({ proceedAfter: Duration }, closed)]),
    ),
    onUnverifiable: Type.Optional(oneOf(['hold', 'proceed'])),
    stripe: Type.Optional(
      Type.Object(
        {
          expect: Type.Optional(
            Type.Object(
              {
                retryWindow: Type.Optional(Duration),
                finalAction: Type.Optional(oneOf(['cancel', 'unpaid', 'past_due', 'pause'])),
                customerEmails: Type.Optional(Type.Boolean()),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type PolicyText = Static<typeof PolicyText>

/** A file of policies, as it is written; `policies/policy.schema.json` is made of it. */
export const PolicyFileSchema = Type.Object(
  { version: Type.Literal(1), policies: Type.Array(PolicyText, { minItems: 1 }) },
  {
    ...closed,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Keyflow dunning policies',
  },
)
