import type { Kafka } from 'kafkajs'
import { KeyflowError } from '../errors/classify.ts'
import { deleteGroup, type Offsets, setGroupOffsets, topicRanges } from '../kafka/group-offsets.ts'
import { readUntilEnd } from '../kafka/read-until.ts'
import type { IncomingRecord } from '../kafka/records.ts'
import type { RecordArchive } from '../rebuild/open-rebuild.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ArchiveTarget } from './archive-target.ts'
import {
  appendSegment,
  archivedTo,
  type Manifest,
  readManifest,
  readSegment,
  type Segment,
} from './segments.ts'

export interface ArchiveOptions {
  readonly kafka: Kafka
  readonly target: ArchiveTarget
  /** Full names. */
  readonly topics: readonly string[]
  /** Unique to this run; nothing of it stays. */
  readonly groupId: string
  readonly logger: Logger
  readonly segmentRecords?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (records: number) => void
}

export interface ArchiveReport {
  readonly topics: readonly {
    readonly topic: string
    readonly records: number
    readonly segments: number
    /** Offsets between the first that the topic keeps and the last that is archived: how much retention may take. */
    readonly overlap: string
  }[]
  readonly added: number
}

const SEGMENT_RECORDS = 10_000
/** Bounds memory: a segment is cut earlier when its values come to this many bytes. */
const SEGMENT_BYTES = 32 * 1024 * 1024

/**
 * Archives what the topics hold and the archive lacks. One at a time: run it from one place, well before retention takes
 * what is not archived. Throws `invalid` when that has happened already.
 */
export const runArchive = async (options: ArchiveOptions): Promise<ArchiveReport> => {
  const { kafka, target, topics, groupId } = options
  const { low } = await topicRanges(kafka, topics)
  const manifests = await readManifests(target, low)
  assertFollows(low, manifests)
  const buffers = new Map<string, IncomingRecord[]>()
  let added = 0
  const cut = async (name: string): Promise<void> => {
    const records = buffers.get(name) ?? []
    const manifest = manifests.get(name)
    if (records.length === 0 || manifest === undefined) return
    buffers.set(name, [])
    manifests.set(name, await appendSegment(target, manifest, records))
    added += records.length
    options.onProgress?.(added)
  }
  const take = async (records: readonly IncomingRecord[]): Promise<void> => {
    const names = new Set<string>()
    for (const record of records) {
      const name = nameOf(record)
      names.add(name)
      const kept = buffers.get(name) ?? []
      const manifest = manifests.get(name)
      const next =
        kept.at(-1) === undefined ? archivedTo(manifest as Manifest) : BigInt(kept.at(-1)?.offset ?? 0) + 1n
      // After a rebalance the last records come again.
      if (BigInt(record.offset) >= next) buffers.set(name, [...kept, record])
    }
    for (const name of names) {
      const kept = buffers.get(name) ?? []
      const bytes = kept.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
      if (kept.length >= (options.segmentRecords ?? SEGMENT_RECORDS) || bytes >= SEGMENT_BYTES)
        await cut(name)
    }
  }
  await setGroupOffsets(kafka, groupId, endsOf(manifests))
  try {
    await readUntilEnd({
      kafka,
      groupId,
      topics,
      keepOffsets: true,
      batchRecords: 500,
      partitionsAtOnce: 1,
      handle: take,
      logger: options.logger,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    for (const name of buffers.keys()) await cut(name)
  } finally {
    await deleteGroup(kafka, groupId).catch(() => {})
  }
  return { topics: reportOf(topics, manifests, low), added }
}

/** Reads every segment and checks digests, counts and that no offset is missing. Throws `invalid` at the first damage. */
export const verifyArchive = async (
  options: Pick<ArchiveOptions, 'kafka' | 'target' | 'topics' | 'onProgress'>,
): Promise<ArchiveReport> => {
  const { low } = await topicRanges(options.kafka, options.topics)
  const manifests = await readManifests(options.target, low)
  assertFollows(low, manifests)
  let seen = 0
  for (const manifest of manifests.values())
    for await (const records of recordsOf(options.target, manifest)) {
      seen += records.length
      options.onProgress?.(seen)
    }
  return { topics: reportOf(options.topics, manifests, low), added: 0 }
}

/** The archive as a rebuild reads it: up to where it goes; the topics have the rest. */
export const openArchive = async (
  kafka: Kafka,
  target: ArchiveTarget,
  topics: readonly string[],
): Promise<RecordArchive> => {
  const { low } = await topicRanges(kafka, topics)
  const manifests = await readManifests(target, low)
  return {
    ends: endsOf(manifests),
    read: async function* () {
      for (const manifest of manifests.values()) yield* recordsOf(target, manifest)
    },
  }
}

const READ_AT_ONCE = 200

async function* recordsOf(
  target: ArchiveTarget,
  manifest: Manifest,
): AsyncGenerator<readonly IncomingRecord[]> {
  let next = 0n
  for (const segment of manifest.segments) {
    assertNext(manifest, segment, next)
    next = BigInt(segment.to)
    const records = await readSegment(target, manifest, segment)
    for (let at = 0; at < records.length; at += READ_AT_ONCE) yield records.slice(at, at + READ_AT_ONCE)
  }
}

const assertNext = ({ topic, partition }: Manifest, { from }: Segment, next: bigint): void => {
  if (BigInt(from) !== next)
    throw new KeyflowError(
      'invalid',
      'ARCHIVE_GAP',
      `${topic}/${partition}: nothing between ${next} and ${from}`,
    )
}

const nameOf = ({ topic, partition }: { topic: string; partition: number }): string => `${topic}/${partition}`

const readManifests = async (target: ArchiveTarget, low: Offsets): Promise<Map<string, Manifest>> => {
  const manifests = new Map<string, Manifest>()
  for (const [topic, partitions] of low)
    for (const partition of partitions.keys()) {
      const manifest = await readManifest(target, topic, partition)
      manifests.set(nameOf(manifest), manifest)
    }
  return manifests
}

const assertFollows = (low: Offsets, manifests: ReadonlyMap<string, Manifest>): void => {
  for (const manifest of manifests.values()) {
    const first = low.get(manifest.topic)?.get(manifest.partition) ?? 0n
    if (first > archivedTo(manifest))
      throw new KeyflowError(
        'invalid',
        'ARCHIVE_GAP',
        `${nameOf(manifest)}: the topic begins at ${first}, the archive ends at ${archivedTo(manifest)}`,
      )
  }
}

const endsOf = (manifests: ReadonlyMap<string, Manifest>): Offsets => {
  const ends = new Map<string, Map<number, bigint>>()
  for (const manifest of manifests.values()) {
    const partitions = ends.get(manifest.topic) ?? new Map<number, bigint>()
    ends.set(manifest.topic, partitions.set(manifest.partition, archivedTo(manifest)))
  }
  return ends
}

const reportOf = (
  topics: readonly string[],
  manifests: ReadonlyMap<string, Manifest>,
  low: Offsets,
): ArchiveReport['topics'] =>
  topics.map((topic) => {
    const own = [...manifests.values()].filter((manifest) => manifest.topic === topic)
    const segments = own.flatMap((manifest) => manifest.segments)
    const overlap = own.reduce(
      (sum, manifest) => sum + archivedTo(manifest) - (low.get(topic)?.get(manifest.partition) ?? 0n),
      0n,
    )
    return {
      topic,
      records: segments.reduce((sum, { records }) => sum + records, 0),
      segments: segments.length,
      overlap: String(overlap),
    }
  })
