interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
}

/** V8's own format. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface ProfileSummary {
  /** Share of the time that was not idle. */
  readonly functions: readonly { readonly name: string; readonly share: number }[]
  readonly areas: readonly { readonly name: string; readonly share: number }[]
}

/** What the time is spent on, by where the code is: the first pattern that fits, against `<file> <function>`. */
export type Areas = readonly (readonly [area: string, pattern: RegExp])[]

const INGEST_AREAS: Areas = [
  ['profiler', /node:inspector/],
  ['JSON.parse', /json-body/],
  ['HMAC', /node:internal\/crypto|hmac-verifier|^ (?:init|update|digest|Hmac|hexWrite)$/],
  ['Kafka client', /kafkajs|runtime\/src\/kafka|^ writeBuffer$/],
  ['metrics', /prom-client|ingest-metrics/],
  ['logging', /pino|sonic-boom|safe-stable|runtime\/src\/telemetry|^ writeString$/],
  ['ingest itself', /services\/ingest|packages\/contracts/],
  [
    'HTTP and sockets',
    /fastify|find-my-way|node:_http|node:net|stream|node:events|^ writeUtf8String$|^ writev$/,
  ],
  ['garbage collection', /garbage collector/],
]

const areaOf = (areas: Areas, { callFrame: { url, functionName } }: ProfileNode): string => {
  const place = `${url} ${functionName}`
  return areas.find(([, pattern]) => pattern.test(place))?.[0] ?? 'Node and the rest'
}

const nameOf = (node: ProfileNode): string => {
  const { url, functionName, lineNumber } = node.callFrame
  const file = url.split('/').slice(-2).join('/')
  return file === '' ? functionName : `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`
}

/** Self time of what a profile has seen, largest first. */
export const summarizeProfile = (
  profile: CpuProfile,
  most: number,
  areas: Areas = INGEST_AREAS,
): ProfileSummary => {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const functions = new Map<string, number>()
  const spentIn = new Map<string, number>()
  let busy = 0
  profile.samples.forEach((id, index) => {
    const node = nodes.get(id)
    if (node === undefined || node.callFrame.functionName === '(idle)' || areaOf(areas, node) === 'profiler')
      return
    const spent = profile.timeDeltas[index] ?? 0
    busy += spent
    functions.set(nameOf(node), (functions.get(nameOf(node)) ?? 0) + spent)
    const area = areaOf(areas, node)
    spentIn.set(area, (spentIn.get(area) ?? 0) + spent)
  })
  const top = (from: Map<string, number>) =>
    [...from]
      .map(([name, spent]) => ({ name, share: spent / busy }))
      .sort((a, b) => b.share - a.share)
      .slice(0, most)
  return { functions: top(functions), areas: top(spentIn) }
}
