import type { Store } from '@keyflow/runtime'
import type { MirrorTarget } from '../adapters/mirror-target.ts'
import { countLane, type Delivery, redeliver, scanLane } from '../adapters/mongo-deliveries.ts'
import type { MirroredLicense } from '../domain/mirrored-license.ts'
import { MIRROR_LANE } from './mirror-lane.ts'

/** `waiting`: on its way, or tried in vain; `missing`: not there; `differs`: something else; `unreadable`: the server did not answer. */
export type DriftKind = 'waiting' | 'missing' | 'differs' | 'unreadable'

export type CheckLine =
  | {
      readonly kind: 'drift'
      readonly license: string
      readonly drift: DriftKind
      readonly fields: readonly string[]
    }
  | { readonly kind: 'progress'; readonly checked: number; readonly total: number }
  | { readonly kind: 'done'; readonly checked: number; readonly drifted: number; readonly repaired: number }

const PROGRESS_EVERY = 100
const AT_ONCE = 4

/** Compares every license with what the outside server says of it; with `repair` what differs is brought there again. */
export const createCheckMirror = (store: Store, target: MirrorTarget) => {
  const look = async (row: Delivery): Promise<Extract<CheckLine, { kind: 'drift' }> | null> => {
    const drift = (kind: DriftKind, fields: readonly string[] = []) =>
      ({ kind: 'drift', license: row.subject, drift: kind, fields }) as const
    if (row.state !== 'delivered') return drift('waiting')
    if (row.externalId === null) return drift('missing')
    const found = await target.compare(JSON.parse(row.body) as MirroredLicense, row.externalId)
    if (found.kind === 'missing') return drift('missing')
    if (found.kind === 'failed') return drift('unreadable')
    return found.value.length === 0 ? null : drift('differs', found.value)
  }

  return async function* (repair: boolean): AsyncGenerator<CheckLine> {
    const total = await countLane(store, MIRROR_LANE)
    let [checked, drifted, repaired] = [0, 0, 0]
    for await (const rows of scanLane(store, MIRROR_LANE, AT_ONCE)) {
      for (const line of await Promise.all(rows.map(look))) {
        checked += 1
        if (checked % PROGRESS_EVERY === 0) yield { kind: 'progress', checked, total }
        if (line === null) continue
        drifted += 1
        yield line
        if (repair) repaired += await redeliver(store, { lane: MIRROR_LANE, subject: line.license })
      }
    }
    yield { kind: 'done', checked, drifted, repaired }
  }
}
export type CheckMirror = ReturnType<typeof createCheckMirror>
