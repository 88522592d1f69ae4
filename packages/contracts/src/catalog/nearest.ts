/** What somebody who wrote `name` most likely meant; undefined when nothing is near. */
export const nearest = (name: string, among: readonly string[]): string | undefined => {
  const [best] = among
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.max(2, Math.floor(candidate.length / 3)) && distance < candidate.length,
    )
    .sort((a, b) => a.distance - b.distance)
  return best?.candidate
}

/** Levenshtein: insertions, deletions, substitutions. */
const editDistance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [row, left] of [...a].entries()) {
    const next = [row + 1]
    for (const [column, right] of [...b].entries())
      next.push(
        Math.min(
          (previous[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
          (previous[column] ?? 0) + (left === right ? 0 : 1),
        ),
      )
    previous = next
  }
  return previous[b.length] ?? 0
}
