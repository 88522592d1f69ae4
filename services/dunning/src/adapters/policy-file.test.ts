import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { readPolicies, readPolicyFile, SHIPPED_POLICIES } from './policy-file.ts'
import { PolicyFileSchema } from './policy-schema.ts'
import { createCalendar } from './temporal-calendar.ts'

const calendar = createCalendar()
const read = (text: string) => readPolicies(text, calendar)
const found = (text: string) =>
  read(text).findings.map(({ path, message, line }) => `${line} ${path}: ${message}`)

const STEPS = `
    steps:
      - { id: warn, after: P0D, do: [{ email: payment_failed }] }
      - { id: remind, after: P3D, do: [{ email: payment_reminder }], announces: suspend }
      - { id: suspend, after: P7D, do: [{ restrict: { level: suspended } }, { email: license_suspended }], notice: { min: P3D } }`

describe('the shipped policy', () => {
  it('has the days of the tutorial and nothing to complain of', () => {
    const { policies, findings } = readPolicyFile('', calendar)
    expect(findings).toEqual([])
    expect(policies?.[0]?.policy.steps.map(({ id, after }) => [id, after])).toEqual([
      ['warn', 'P0D'],
      ['remind', 'P3D'],
      ['downgrade', 'P7D'],
      ['suspend', 'P14D'],
    ])
  })

  it('lies beside the JSON Schema that editors check it with', () => {
    const path = fileURLToPath(new URL('../../policies/policy.schema.json', import.meta.url))
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(PolicyFileSchema)))
    expect(readFileSync(SHIPPED_POLICIES, 'utf8')).toContain('$schema=./policy.schema.json')
  })
})

describe('a policy', () => {
  it('keeps its hash however it is written', () => {
    const flow = read(`{version: 1, policies: [{id: a, match: {}, limits: {perEpisode: 8}, ${STEPS.trim()}]}`)
    expect(flow.findings).not.toEqual([])
    const [one, other] = ['', '    limits: { perEpisode: 8 }'].map((extra) =>
      read(`version: 1\npolicies:\n  - id: a\n    match: {}\n${extra}${STEPS}`),
    )
    expect(one?.policies?.[0]?.hash).toBe(other?.policies?.[0]?.hash)
  })

  it('is refused with everything that is wrong in its shape, each with its line', () => {
    expect(
      found(`
version: 1
policies:
  - id: Odd
    match: { country: [Germany] }
    colour: red
    steps:
      - { id: warn, after: three days, do: [{ email: payment_failed }] }
      - { id: hurt, after: P1D, do: [{ restrict: { level: deleted } }] }
`),
    ).toEqual([
      expect.stringMatching(/^4 policies\.0\.id: /),
      expect.stringMatching(/^5 policies\.0\.match\.country\.0: /),
      expect.stringMatching(/^\d+ policies\.0\.colour: is no key that is known here/),
      expect.stringMatching(/^8 policies\.0\.steps\.0\.after: /),
      expect.stringMatching(/^9 policies\.0\.steps\.1\.do\.0/),
    ])
  })

  it('is refused when it would surprise a customer: all reasons at once', () => {
    const findings = found(`
version: 1
policies:
  - id: all
    match: {}
    clock: { zone: Mars/Olympus, restrictWindow: { from: "16:00", to: "09:00" } }
    limits: { perEpisode: 1 }
    end: { after: P5D }
    byDecline: { soft: { quiet: P30D, template: { nothing: payment_failed } } }
    steps:
      - { id: warn, after: P3D, do: [{ email: payment_failed }] }
      - { id: again, after: P3D, do: [{ email: payment_reminder }], announces: suspend }
      - { id: suspend, after: P4D, do: [{ restrict: { level: suspended } }], notice: { min: P3D } }
      - { id: downgrade, after: P7D, do: [{ restrict: { level: downgraded } }, { email: license_downgraded }] }
  - id: all
    match: { currency: [eur] }
${STEPS}
`)
    const paths = findings.map((finding) => finding.split(' ')[1])
    expect(paths).toEqual(
      expect.arrayContaining([
        'policies.0.match:',
        'policies.0.clock.zone:',
        'policies.0.clock.restrictWindow:',
        'policies.0.steps.1.after:',
        'policies.0.steps.2.after:',
        'policies.0.steps.2.do:',
        'policies.0.steps.2.notice:',
        'policies.0.steps.3.do:',
        'policies.0.steps.3:',
        'policies.0.byDecline.soft.template.nothing:',
        'policies.0.end.after:',
        'policies.0.limits.perEpisode:',
        'policies.1.id:',
        'policies.1.match:',
      ]),
    )
    expect(read('version: 1\npolicies: []').policies).toBeNull()
  })

  it('is warned of when Stripe will act before it does', () => {
    const { policies, findings } = read(
      `version: 1\npolicies:\n  - id: a\n    match: {}\n    stripe: { expect: { retryWindow: P5D, finalAction: cancel } }${STEPS}`,
    )
    expect(policies).not.toBeNull()
    expect(findings).toMatchObject([{ severity: 'warning', path: 'policies.0.stripe.expect.retryWindow' }])
  })

  it('that is not YAML is told by its line', () => {
    expect(found('version: 1\npolicies: [')).toEqual([expect.stringMatching(/^\d+ : is not YAML: /)])
  })
})
