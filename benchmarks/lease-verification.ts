// npm run bench:lease: what it costs a client to verify a lease offline, and whether memory stays flat.
import { trustKeys, verifyLease } from '@keyflow/client'
import { leaseVectors, vectorKeyset } from '../packages/client/test/lease-vectors.ts'
import { printReach } from './print-reach.ts'

const ROUNDS = 10_000
const [good] = await leaseVectors()
if (good === undefined) throw new Error('there are no vectors')
const keys = trustKeys(await vectorKeyset())

/** One after another, as an application does it; processor time is told beside, since others may work here. */
const verifyMany = async (): Promise<{ readonly wall: number; readonly cpu: number }> => {
  const cpuBefore = process.cpuUsage()
  const before = performance.now()
  for (let i = 0; i < ROUNDS; i += 1) {
    const verified = await verifyLease(good.lease, keys, good.question, good.options)
    if (!verified.ok || !verified.verdict.valid) throw new Error('the lease does not verify')
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  return { wall: ((performance.now() - before) * 1000) / ROUNDS, cpu: (user + system) / ROUNDS }
}
/** The floor: the signature by itself, in the runtime's own cryptography. */
const verifyBare = async (): Promise<number> => {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as Record<
    'privateKey' | 'publicKey',
    Awaited<ReturnType<typeof crypto.subtle.importKey>>
  >
  const bytes = new TextEncoder().encode(good.lease)
  const signature = await crypto.subtle.sign('Ed25519', pair.privateKey, bytes)
  const before = performance.now()
  for (let i = 0; i < ROUNDS; i += 1) await crypto.subtle.verify('Ed25519', pair.publicKey, signature, bytes)
  return ((performance.now() - before) * 1000) / ROUNDS
}
const heap = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1024
}

await verifyMany()
const floor = await verifyBare()
const heapBefore = heap()
const results = [await verifyMany(), await verifyMany(), await verifyMany()]
const grown = heap() - heapBefore
const best = Math.min(...results.map(({ wall }) => wall))
console.log(
  `rounds of ${ROUNDS}: ${results.map(({ wall, cpu }) => `${wall.toFixed(0)} us (${cpu.toFixed(0)} us of processor time)`).join(', ')}`,
)
console.log(`heap after ${3 * ROUNDS} more verifications: ${grown >= 0 ? '+' : ''}${grown.toFixed(0)} KiB`)
console.log(`the signature by itself: ${floor.toFixed(0)} us`)
printReach([
  { what: 'verification of a lease, us', value: best, least: 200, goal: 150, up: false },
  { what: 'growth of the heap, KiB', value: grown, least: 1024, goal: 256, up: false },
])
