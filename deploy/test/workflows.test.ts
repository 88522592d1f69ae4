import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { notesOf, problemsOf } from '../../scripts/release-version.ts'
import { SERVICES } from './workloads.ts'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly steps: readonly Step[]
  readonly strategy?: { readonly matrix: { readonly include: readonly Readonly<Record<string, string>>[] } }
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

const folder = new URL('../../.github/workflows/', import.meta.url)
const files = readdirSync(folder).map((name) => {
  const text = readFileSync(new URL(name, folder), 'utf8')
  return { name, text, workflow: parse(text) as Workflow }
})
const jobs = files.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ name: `${name} ${id}`, job })),
)
const steps = jobs.flatMap(({ name, job }) => job.steps.map((step) => ({ name, step })))
const jobOf = (file: string, id: string): Job | undefined =>
  files.find(({ name }) => name === file)?.workflow.jobs[id]

describe('the workflows', () => {
  it('pin every action by the commit that was reviewed, and say which version that was', () => {
    const uses = files.flatMap(({ text }) => text.match(/uses: .*/g) ?? [])
    expect(uses.length).toBeGreaterThan(5)
    for (const use of uses) expect(use).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('give each job what it needs and nothing else; only releases write', () => {
    for (const { workflow } of files) expect(workflow.permissions).toEqual({})
    for (const { name, job } of jobs) {
      const writes = Object.entries(job.permissions ?? {}).filter(([, may]) => may === 'write')
      const allowed: Record<string, readonly string[]> = {
        'release.yml images': ['packages', 'id-token'],
        'release.yml notes': ['contents'],
      }
      expect({ name, writes: writes.map(([scope]) => scope) }).toEqual({ name, writes: allowed[name] ?? [] })
    }
  })

  it('leave no credentials behind, end by themselves, and never run what a stranger wrote with rights of ours', () => {
    for (const { name, job } of jobs)
      expect({ name, minutes: job['timeout-minutes'] }).toEqual({ name, minutes: expect.any(Number) })
    for (const { name, step } of steps) {
      if (step.uses?.startsWith('actions/checkout@'))
        expect({ name, kept: step.with?.['persist-credentials'] }).toEqual({ name, kept: false })
      // An expression in a script is replaced before the shell reads it: a branch name could be a command.
      expect({ name, run: step.run ?? '' }).toEqual({ name, run: expect.not.stringContaining('${{') })
    }
    for (const { workflow } of files) expect(Object.keys(workflow.on)).not.toContain('pull_request_target')
  })

  it('build and release an image of every service, the command and the sandbox', () => {
    const built = jobOf('test.yml', 'image')?.strategy?.matrix.include ?? []
    const released = jobOf('release.yml', 'images')?.strategy?.matrix.include ?? []
    const others = ['keyflow', 'sandbox']
    expect(built.map(({ target, service }) => (service === '' ? target : service)).sort()).toEqual(
      [...SERVICES, ...others].sort(),
    )
    expect(released.map(({ image }) => image).sort()).toEqual([...SERVICES, ...others].sort())
  })

  it('release for two architectures with SBOM, provenance and a signature of the digest', () => {
    const release = jobOf('release.yml', 'images')?.steps ?? []
    expect(release.find(({ uses }) => uses?.startsWith('docker/build-push-action@'))?.with).toMatchObject({
      platforms: 'linux/amd64,linux/arm64',
      sbom: true,
      provenance: 'mode=max',
      push: true,
    })
    expect(release.some(({ run }) => /^cosign sign --yes .*@\$\{DIGEST\}/.test(run ?? ''))).toBe(true)
  })
})

describe('a release', () => {
  const changelog =
    '# Changelog\n\n## Unreleased\n\n- soon\n\n## 1.2.0, 2026-11-24\n\n- a thing\n\n## 1.1.0\n\n- before\n'

  it('goes out when tag, package and changelog name one version', () => {
    expect(problemsOf('v1.2.0', { version: '1.2.0', changelog })).toEqual([])
    expect(notesOf('v1.2.0', changelog)).toBe('- a thing')
  })

  it('names everything that does not fit', () => {
    expect(problemsOf('v1.3.0', { version: '1.2.0', changelog })).toHaveLength(2)
    expect(problemsOf('1.2', { version: '1.2.0', changelog })).toHaveLength(3)
    expect(notesOf('v1.1', changelog)).toBeNull()
  })
})
