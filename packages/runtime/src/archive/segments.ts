import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { KeyflowError } from '../errors/classify.ts'
import type { IncomingRecord } from '../kafka/records.ts'
import type { ArchiveTarget } from './archive-target.ts'

/** A run of records of one partition, without a gap. */
export interface Segment {
  /** First offset, and the one after the last. */
  readonly from: string
  readonly to: string
  readonly records: number
  /** Of the compressed bytes. */
  readonly sha256: string
  /** Unix milliseconds of the newest record. */
  readonly newest: number
}

/** What is archived of one partition, in order: the only word on what is there. */
export interface Manifest {
  readonly topic: string
  readonly partition: number
  readonly segments: readonly Segment[]
}

interface Line {
  readonly o: string
  readonly t: number
  readonly k: string | null
  readonly v: string | null
  readonly h: Readonly<Record<string, string>>
}

const folderOf = (topic: string, partition: number): string => `${topic}/${partition}`
const manifestOf = (topic: string, partition: number): string => `${folderOf(topic, partition)}/manifest.json`
export const segmentName = (
  { topic, partition }: Pick<Manifest, 'topic' | 'partition'>,
  { from, to }: Pick<Segment, 'from' | 'to'>,
): string => `${folderOf(topic, partition)}/${from.padStart(20, '0')}-${to.padStart(20, '0')}.jsonl.gz`

export const readManifest = async (
  target: ArchiveTarget,
  topic: string,
  partition: number,
): Promise<Manifest> => {
  const bytes = await target.read(manifestOf(topic, partition))
  return bytes === null
    ? { topic, partition, segments: [] }
    : (JSON.parse(new TextDecoder().decode(bytes)) as Manifest)
}

export const archivedTo = ({ segments }: Manifest): bigint => BigInt(segments.at(-1)?.to ?? 0)

/** Keeps records behind those that are kept already. The segment is there before the manifest names it. */
export const appendSegment = async (
  target: ArchiveTarget,
  manifest: Manifest,
  records: readonly IncomingRecord[],
): Promise<Manifest> => {
  const [first] = records
  const last = records.at(-1)
  if (first === undefined || last === undefined) return manifest
  if (BigInt(first.offset) !== archivedTo(manifest))
    throw new KeyflowError('invalid', 'ARCHIVE_GAP', 'the records do not follow what is archived')
  const bytes = gzipSync(records.map((record) => `${JSON.stringify(toLine(record))}\n`).join(''))
  const segment: Segment = {
    from: first.offset,
    to: String(BigInt(last.offset) + 1n),
    records: records.length,
    sha256: digestOf(bytes),
    newest: Math.max(...records.map(({ timestamp }) => timestamp)),
  }
  const { topic, partition } = manifest
  await target.write(segmentName(manifest, segment), bytes)
  const grown = { topic, partition, segments: [...manifest.segments, segment] }
  await target.write(manifestOf(topic, partition), new TextEncoder().encode(JSON.stringify(grown)))
  return grown
}

/** The records of a segment. Throws `invalid` when they are not the ones that were archived. */
export const readSegment = async (
  target: ArchiveTarget,
  manifest: Manifest,
  segment: Segment,
): Promise<readonly IncomingRecord[]> => {
  const name = segmentName(manifest, segment)
  const bytes = await target.read(name)
  if (bytes === null) throw damaged(name, 'it is not there')
  if (digestOf(bytes) !== segment.sha256) throw damaged(name, 'its bytes have another digest')
  const lines = gunzipSync(bytes).toString('utf8').split('\n').slice(0, -1)
  const records = lines.map((line) => fromLine(manifest, JSON.parse(line) as Line))
  const from = BigInt(segment.from)
  const isWhole =
    records.length === segment.records &&
    BigInt(segment.to) - from === BigInt(records.length) &&
    records.every(({ offset }, at) => BigInt(offset) === from + BigInt(at))
  if (!isWhole) throw damaged(name, 'records are missing')
  return records
}

const damaged = (name: string, why: string): KeyflowError =>
  new KeyflowError('invalid', 'ARCHIVE_DAMAGED', `${name}: ${why}`)

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const toLine = ({ offset, timestamp, key, value, headers }: IncomingRecord): Line => ({
  o: offset,
  t: timestamp,
  k: key,
  v: value === null ? null : Buffer.from(value).toString('base64'),
  h: headers,
})

const fromLine = ({ topic, partition }: Manifest, line: Line): IncomingRecord => ({
  topic,
  partition,
  offset: line.o,
  key: line.k,
  value: line.v === null ? null : Buffer.from(line.v, 'base64'),
  headers: line.h,
  timestamp: line.t,
})
