import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

interface LockedPackage {
  readonly version?: string
  readonly link?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'))

const { packages } = read('package-lock.json') as { packages: Readonly<Record<string, LockedPackage>> }

/** Where Node would find `name` from inside the package at `path`; undefined when the lock file has it nowhere. */
const resolve = (path: string, name: string): string | undefined => {
  const here = `${path ? `${path}/` : ''}node_modules/${name}`
  if (packages[here] !== undefined) return here
  if (path === '') return undefined
  const outer = path.lastIndexOf('/node_modules/')
  return resolve(outer < 0 ? '' : path.slice(0, outer), name)
}

const isInside = (path: string): boolean => path.split('/').includes('node_modules')

describe('package-lock.json', () => {
  // `npm ci` refuses a lock file that lacks them, and npm leaves out those that a registry could not show it.
  it('holds every optional package, also those for other systems', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).flatMap((name) =>
        resolve(path, name) ? [] : `${path} needs ${name}`,
      ),
    )
    expect(missing).toEqual([])
  })

  it('knows what every workspace asks for', () => {
    const workspaces = Object.keys(packages).filter((path) => !isInside(path))
    expect(workspaces.length).toBeGreaterThan(1)
    for (const path of workspaces) {
      const wanted = read(`${path ? `${path}/` : ''}package.json`) as LockedPackage
      for (const kind of ['dependencies', 'devDependencies'] as const)
        expect({ path, kind, locked: packages[path]?.[kind] ?? {} }).toEqual({
          path,
          kind,
          locked: wanted[kind] ?? {},
        })
    }
  })
})
