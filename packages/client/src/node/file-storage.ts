import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClientStorage } from '../client-options.ts'

/** A folder of files that only this user can read. A write replaces its file whole, or not at all. */
export const fileStorage = (folder: string): ClientStorage => {
  const path = (name: string): string => join(folder, `${name.replace(/[^\w.-]/g, '_')}.json`)
  return {
    get: (name) => readFile(path(name), 'utf8').catch(() => null),
    set: async (name, value) => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const draft = `${path(name)}.${crypto.randomUUID()}`
      await writeFile(draft, value, { mode: 0o600 })
      await rename(draft, path(name))
    },
  }
}
