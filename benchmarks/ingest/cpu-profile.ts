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

const areaOf = (node: ProfileNode): string => {
  const { url, functionName } = node.callFrame
  const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
  if (url.includes('/packages/') || url.includes('/services/'))
    return /(?:packages|services)\/[^/]+/.exec(url)?.[0] ?? url
  if (dependency !== undefined) return dependency
  if (url.startsWith('node:')) return url
  return functionName === '' ? '(native)' : functionName
}

const nameOf = (node: ProfileNode): string => {
  const { url, functionName, lineNumber } = node.callFrame
  const file = url.split('/').slice(-2).join('/')
  return file === '' ? functionName : `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`
}

/** Self time of what a profile has seen, largest first. */
export const summarizeProfile = (profile: CpuProfile, most: number): ProfileSummary => {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const functions = new Map<string, number>()
  const areas = new Map<string, number>()
  let busy = 0
  profile.samples.forEach((id, index) => {
    const node = nodes.get(id)
    if (node === undefined || node.callFrame.functionName === '(idle)') return
    const spent = profile.timeDeltas[index] ?? 0
    busy += spent
    functions.set(nameOf(node), (functions.get(nameOf(node)) ?? 0) + spent)
    areas.set(areaOf(node), (areas.get(areaOf(node)) ?? 0) + spent)
  })
  const top = (from: Map<string, number>) =>
    [...from]
      .map(([name, spent]) => ({ name, share: spent / busy }))
      .sort((a, b) => b.share - a.share)
      .slice(0, most)
  return { functions: top(functions), areas: top(areas) }
}
