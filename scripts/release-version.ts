// node scripts/release-version.ts v1.2.3            exits with 1 unless tag, package.json and CHANGELOG.md name one version
// node scripts/release-version.ts v1.2.3 --notes    prints what the changelog says of that version
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Problems of a release, each a sentence; none = it may go out. */
export const problemsOf = (
  tag: string,
  { version, changelog }: { readonly version: string; readonly changelog: string },
): readonly string[] => [
  ...(/^v\d+\.\d+\.\d+$/.test(tag) ? [] : [`${tag} is no version: expected vX.Y.Z`]),
  ...(tag === `v${version}` ? [] : [`package.json says ${version}, the tag ${tag}`]),
  ...(notesOf(tag, changelog) === null ? [`CHANGELOG.md has no section "## ${tag.replace(/^v/, '')}"`] : []),
]

/** The section of a version without its heading; null when there is none or it is empty. */
export const notesOf = (tag: string, changelog: string): string | null => {
  const [, ...sections] = changelog.split(/^## /m)
  const wanted = tag.replace(/^v/, '')
  const found = sections.find((section) => section.split(/[\s,]/, 1)[0] === wanted)
  const text = found?.slice(found.indexOf('\n') + 1).trim()
  return text === undefined || text === '' ? null : text
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [tag = '', option] = process.argv.slice(2)
  const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
  const changelog = read('CHANGELOG.md')
  const problems = problemsOf(tag, {
    version: (JSON.parse(read('package.json')) as { version: string }).version,
    changelog,
  })
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else if (option === '--notes') console.log(notesOf(tag, changelog))
}
