export const duplicates = (names: readonly string[]): readonly string[] =>
  names.filter((name, at) => names.indexOf(name) !== at)
