import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { SERVICES } from './workloads.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const dockerfile = read('Dockerfile')

/** Lines of one stage. */
const stage = (name: string): readonly string[] => {
  const lines = dockerfile.split('\n')
  const from = lines.findIndex((line) => line.startsWith('FROM ') && line.endsWith(` AS ${name}`))
  const to = lines.findIndex((line, at) => at > from && line.startsWith('FROM '))
  return lines.slice(from, to === -1 ? undefined : to)
}

const manifestOf = (folder: string) =>
  JSON.parse(read(`${folder}/package.json`)) as { readonly dependencies?: Readonly<Record<string, string>> }

const folderOf = (dependency: string): string => {
  const name = dependency.replace('@keyflow/', '')
  return (SERVICES as readonly string[]).includes(name) ? `services/${name}` : `packages/${name}`
}

/** The folders of this repository that a workspace runs on, itself among them. */
const neededBy = (folder: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(folder)) return seen
  seen.add(folder)
  for (const dependency of Object.keys(manifestOf(folder).dependencies ?? {}))
    if (dependency.startsWith('@keyflow/')) neededBy(folderOf(dependency), seen)
  return seen
}

const copiedBy = (name: string, service = ''): readonly string[] =>
  stage(name).flatMap((line) => {
    const found = /^COPY ((?:packages|services)\/\S+) \.\/\1$/.exec(line)
    return found?.[1] === undefined ? [] : [found[1].replace(/\$\{SERVICE\}/, service)]
  })

describe('the Dockerfile', () => {
  it.each(SERVICES)('copies everything of this repository that %s imports', (service) => {
    const copied = copiedBy('service', service)
    expect([...neededBy(`services/${service}`)].filter((folder) => !copied.includes(folder))).toEqual([])
  })

  it('copies everything that the keyflow command and the sandbox import', () => {
    for (const [target, folder] of [
      ['keyflow', 'packages/cli'],
      ['sandbox', 'packages/stripe-sandbox'],
    ] as const) {
      const copied = copiedBy(target)
      expect([...neededBy(folder)].filter((needed) => !copied.includes(needed))).toEqual([])
    }
  })

  it.each(['service', 'keyflow', 'sandbox'])(
    'runs the image %s as a user that is a number and not root',
    (target) => {
      expect(stage(target).findLast((line) => line.startsWith('USER '))).toMatch(/^USER [1-9]\d*:[1-9]\d*$/)
    },
  )

  it('takes its base from an argument, and installs without scripts and without tools of development', () => {
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:24-/m)
    for (const install of dockerfile.match(/npm ci.*/g) ?? [])
      expect(install).toMatch(/--omit=dev --ignore-scripts/)
    expect(read('.dockerignore')).toContain('**/*.test.ts')
  })
})
