import { lintPolicyText, SHIPPED_POLICIES } from '@keyflow/dunning/policies'
import { defineCommand } from '../../command/define-command.ts'
import { EXIT } from '../../command/exit-codes.ts'
import { policyText, sayFindings } from './policy-text.ts'

export const command = defineCommand({
  summary: 'Name all problems of a policy file at once',
  description: `Checks the shape of dunning policies and what they would do to a customer: restrictions that nobody announces,
steps out of order, windows that never open, a case that no policy matches. Without a file, the shipped policy.
Needs no service. Ends with 3 when there are errors, or warnings with --strict.`,
  examples: [
    { run: 'keyflow dunning lint policies.yaml', does: 'all problems, with their lines' },
    { run: 'keyflow dunning lint --strict -', does: 'what comes by standard input, warnings included' },
  ],
  build: (command) =>
    command
      .argument('[file]', 'YAML or JSON; - for standard input')
      .option('--strict', 'take warnings for errors', false),
  run: async (session, [file], { strict }) => {
    const name = file ?? SHIPPED_POLICIES
    const { policies, findings } = lintPolicyText(policyText(name))
    session.json({ ok: policies !== null, findings })
    sayFindings(session, name, findings)
    if (policies !== null && findings.length === 0)
      session.say(`${name}: ${policies.map(({ policy }) => policy.id).join(', ')}; no problems.`)
    return policies === null || (strict && findings.length > 0) ? EXIT.found : undefined
  },
})
