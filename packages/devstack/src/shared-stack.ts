import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { STATE_DIR } from './checkout.ts'
import { withLock } from './downloads/lock-file.ts'
import { identify, isAlive } from './processes/process-table.ts'
import { type Addresses, givenAddresses, startStack } from './stack.ts'

interface Announcement extends Addresses {
  /** Identity of the process that holds the stack; with it the stack ends. */
  readonly owner: string
}

const announcementIn = (stateDir: string): string => join(stateDir, 'shared-stack.json')

const readAnnouncement = (stateDir: string): Announcement | undefined => {
  try {
    const found = JSON.parse(readFileSync(announcementIn(stateDir), 'utf8')) as Announcement
    return isAlive(found.owner) ? found : undefined
  } catch {
    return undefined
  }
}

/**
 * Tells other processes of this checkout where this process's stack is, unless somebody else's is announced and alive.
 * Call the result to take it back.
 */
export const announceStack = (
  { brokers, mongoUrl }: Addresses,
  stateDir: string = STATE_DIR,
): (() => void) => {
  if (readAnnouncement(stateDir) !== undefined) return () => undefined
  const file = announcementIn(stateDir)
  mkdirSync(dirname(file), { recursive: true })
  const announcement: Announcement = { brokers, mongoUrl, owner: identify(process.pid) ?? '' }
  writeFileSync(`${file}.new`, JSON.stringify(announcement))
  renameSync(`${file}.new`, file)
  return () => {
    if (readAnnouncement(stateDir)?.owner === announcement.owner) rmSync(file, { force: true })
  }
}

/**
 * Addresses of the Kafka and MongoDB that all suites of a test run share: those in the environment (`npm test` sets
 * them); else those of a running `devstack up`; else servers started here, which serve every later caller too and end
 * with this process. Isolate a test with names of its own: `uniqueName`.
 */
export const sharedStack = async (): Promise<Addresses> => {
  const { brokers, mongoUrl } = givenAddresses()
  if (brokers && mongoUrl) return { brokers, mongoUrl }
  return withLock(join(STATE_DIR, 'shared-stack.lock'), async () => {
    const announced = readAnnouncement(STATE_DIR)
    if (announced) return { brokers: announced.brokers, mongoUrl: announced.mongoUrl }
    const stack = await startStack({ log: (line) => process.stderr.write(`${line}\n`) })
    announceStack(stack)
    return { brokers: stack.brokers, mongoUrl: stack.mongoUrl }
  })
}

let made = 0

/** A name that no other test on the same stack has; fit for topics, groups and databases. */
export const uniqueName = (label: string): string => {
  made += 1
  return `${label}-${Date.now().toString(36)}-${process.pid.toString(36)}-${made}`
}
