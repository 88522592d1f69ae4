/** Stripe's own have 32 characters or more after the prefix; much shorter ones are cut off, or made up. */
const MIN_LENGTH = 8
const SECRET = /^whsec_[\w+/=-]+$/

/** What is wrong with a list of signing secrets; never quotes one. */
export const secretProblems = (secrets: readonly string[]): readonly string[] => {
  const problems = new Set<string>()
  if (secrets.length === 0) problems.add('holds no secret')
  if (new Set(secrets).size !== secrets.length) problems.add('holds the same secret twice')
  for (const secret of secrets) {
    if (secret.trim() === '') problems.add('holds an empty secret')
    else if (!SECRET.test(secret)) problems.add('must hold secrets that start with whsec_ and have no blanks')
    else if (secret.length < 'whsec_'.length + MIN_LENGTH)
      problems.add(`holds a secret of fewer than ${MIN_LENGTH} characters after whsec_`)
  }
  return [...problems]
}
