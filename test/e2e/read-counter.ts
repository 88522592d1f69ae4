/** Sums of a counter of the service whose metrics are at that port, by the values of one label. */
export const readCounter = async (
  opsPort: number,
  name: string,
  label: string,
): Promise<Readonly<Record<string, number>>> => {
  const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
  const line = new RegExp(`^${name}\\{.*\\b${label}="(\\w+)".*\\} (\\d+)$`, 'gm')
  const sums: Record<string, number> = {}
  for (const [, value = '', count] of text.matchAll(line)) sums[value] = (sums[value] ?? 0) + Number(count)
  return sums
}
