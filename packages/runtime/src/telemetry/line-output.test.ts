import { describe, expect, it } from '@jest/globals'
import { gatherLines } from './line-output.ts'

const createOutput = () => {
  const writes: string[] = []
  return { writes, write: (text: string) => writes.push(text) }
}
const nextTurn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

describe('the output of log lines', () => {
  it('writes the lines of one turn of the loop together, in their order, and each once', async () => {
    const output = createOutput()
    const lines = gatherLines(output)
    lines.write('a\n')
    lines.write('b\n')
    expect(output.writes).toEqual([])
    await nextTurn()
    lines.write('c\n')
    await nextTurn()
    expect(output.writes).toEqual(['a\nb\n', 'c\n'])
  })

  it('writes at once when the process is about to end', () => {
    const output = createOutput()
    const lines = gatherLines(output)
    lines.write('last words\n')
    lines.flushSync()
    lines.flushSync()
    expect(output.writes).toEqual(['last words\n'])
  })
})
