/**
 * The entries of a list answer (`{"data": [...]}`), each as the very text that Stripe sent: parsing and writing again would
 * make other bytes of the same JSON. The text must be valid JSON (it has been parsed). Empty when there is no list.
 */
export const listEntries = (text: string): readonly string[] => {
  const at = startOfData(text)
  if (at < 0) return []
  const entries: string[] = []
  let depth = 0
  let start = -1
  for (let i = at; i < text.length; i += 1) {
    const character = text[i]
    if (character === '"') i = endOfString(text, i)
    else if (character === '{' || character === '[') {
      if (depth === 0) start = i
      depth += 1
    } else if (character === '}' || character === ']') {
      depth -= 1
      if (depth < 0) return entries
      if (depth === 0) entries.push(text.slice(start, i + 1))
    }
  }
  return entries
}

/** Just after the bracket of the outermost object's `data` array. */
const startOfData = (text: string): number => {
  let depth = 0
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i]
    if (character === '"') {
      const end = endOfString(text, i)
      const rest =
        depth === 1 && text.slice(i, end + 1) === '"data"'
          ? /^\s*:\s*\[/.exec(text.slice(end + 1, end + 64))
          : null
      if (rest !== null) return end + 1 + rest[0].length
      i = end
    } else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
  }
  return -1
}

const endOfString = (text: string, quote: number): number => {
  let i = quote + 1
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i
}
