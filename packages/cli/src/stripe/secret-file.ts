import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/** Puts a value into an env file that only its owner may read; the other lines stay as they are. */
export const putIntoEnvFile = (path: string, name: string, value: string, remark: string): void => {
  const kept = linesOf(path).filter((line) => !line.startsWith(`${name}=`) && !line.startsWith(`# ${name}: `))
  const text = [...kept, `# ${name}: ${remark}`, `${name}=${value}`, ''].join('\n')
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  // An earlier run may have left one with other rights.
  chmodSync(`${path}.new`, 0o600)
  renameSync(`${path}.new`, path)
}

/** What an env file says of a name; undefined when file or name are not there. */
export const readFromEnvFile = (path: string, name: string): string | undefined =>
  parseEnv(linesOf(path).join('\n'))[name]

/** When `putIntoEnvFile` wrote the value, as its remark says. */
export const writtenAt = (path: string, name: string): Date | null => {
  const line = linesOf(path).find((one) => one.startsWith(`# ${name}: `))
  const at = new Date(/since (\S+)/.exec(line ?? '')?.[1] ?? '')
  return Number.isNaN(at.getTime()) ? null : at
}

const linesOf = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line, at, all) => line !== '' || at < all.length - 1)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** While a secret is rolled both sign: the new one first, the one before it after. */
export const rotated = (fresh: string, earlier: string | undefined): string => {
  const [previous] = (earlier ?? '').split(',').map((one) => one.trim())
  return previous === undefined || previous === '' || previous === fresh ? fresh : `${fresh},${previous}`
}
