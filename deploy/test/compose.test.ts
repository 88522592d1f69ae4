import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { ANYWHERE, SERVICES, WORKLOADS } from './workloads.ts'

interface ComposeService {
  readonly build?: { readonly target: string; readonly args?: Readonly<Record<string, string>> }
  readonly image?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly volumes?: readonly string[]
  readonly profiles?: readonly string[]
  readonly healthcheck?: unknown
  readonly ports?: readonly string[]
}

const root = new URL('../../', import.meta.url)
const compose = parse(readFileSync(new URL('docker-compose.yml', root), 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, unknown>>
}

/** `${NAME:-default}` as it is where nobody sets NAME. */
const byDefault = (value: string): string => value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')

const environmentOf = (name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [key, byDefault(value)]),
  )

describe('docker-compose.yml', () => {
  it.each([...WORKLOADS.keys()])('tells %s nothing that it does not read', (name) => {
    const known = new Set(WORKLOADS.get(name)?.names)
    expect(Object.keys(environmentOf(name)).filter((key) => !known.has(key) && !ANYWHERE.has(key))).toEqual(
      [],
    )
  })

  it.each([...WORKLOADS.keys()])('starts %s with nothing but its defaults', (name) => {
    WORKLOADS.get(name)?.load(environmentOf(name))
  })

  it('builds only targets of the Dockerfile, each service from its own folder', () => {
    const dockerfile = readFileSync(new URL('Dockerfile', root), 'utf8')
    const targets = new Set([...dockerfile.matchAll(/^FROM .* AS (\S+)$/gm)].map(([, target]) => target))
    for (const { build } of Object.values(compose.services))
      if (build !== undefined) expect(targets).toContain(build.target)
    for (const name of SERVICES) expect(compose.services[name]?.build?.args?.SERVICE).toBe(name)
  })

  it('starts things in an order that exists, and waits only for health that is checked', () => {
    for (const [name, { depends_on: needs = {} }] of Object.entries(compose.services))
      for (const [other, { condition }] of Object.entries(needs)) {
        const needed = compose.services[other]
        expect({ name, other, exists: needed !== undefined }).toEqual({ name, other, exists: true })
        if (condition === 'service_healthy')
          expect({ other, checked: needed?.healthcheck !== undefined }).toEqual({ other, checked: true })
        // What is always there must not wait for what only a profile brings.
        if (compose.services[name]?.profiles === undefined) expect(needed?.profiles).toBeUndefined()
      }
  })

  it('mounts files that are there and volumes that are declared, and opens ports on this machine alone', () => {
    for (const { volumes = [], ports = [] } of Object.values(compose.services)) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':')
        if (source.startsWith('.'))
          expect([source, existsSync(new URL(source, root))]).toEqual([source, true])
        else expect(Object.keys(compose.volumes)).toContain(source)
      }
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
    }
  })

  it('pins the version of every image that it does not build', () => {
    for (const { image, build } of Object.values(compose.services))
      if (build === undefined) expect(image).toMatch(/:v?\d+\.\d+/)
  })
})
