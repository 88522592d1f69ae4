import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** A process id together with its start time: a recycled id gives another identity. */
export type ProcessIdentity = string

const linuxIdentity = (pid: number): ProcessIdentity | undefined => {
  try {
    // The command name in the second field may hold spaces and brackets: count fields after the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state] = fields
    return state === 'Z' || state === 'X' ? undefined : `${pid}@${fields[19]}`
  } catch {
    return undefined
  }
}

const ps = (pid: number, column: string): string | undefined => {
  try {
    return (
      execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
    )
  } catch {
    return undefined
  }
}

const hasProc = existsSync('/proc/self/stat')

/** Identity of a living process; undefined when there is none (a zombie counts as none). */
export const identify = (pid: number): ProcessIdentity | undefined => {
  if (hasProc) return linuxIdentity(pid)
  const started = ps(pid, 'lstart')
  return started === undefined ? undefined : `${pid}@${started}`
}

/** Command line of a process, arguments joined by spaces; empty when it is gone. */
export const commandLine = (pid: number): string => {
  if (!hasProc) return ps(pid, 'command') ?? ''
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}

/** True while the very process of that identity lives. */
export const isAlive = (identity: ProcessIdentity): boolean => {
  const pid = Number(identity.split('@')[0])
  return Number.isInteger(pid) && identify(pid) === identity
}
