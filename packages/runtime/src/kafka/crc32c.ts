const POLYNOMIAL = 0x82f63b78

/** `table[n][b]`: what byte b does to the checksum when n further bytes follow it. */
const tables = ((): readonly Int32Array[] => {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    return crc
  })
  const all = [first]
  for (let n = 1; n < 8; n += 1) {
    const previous = all[n - 1] as Int32Array
    all.push(previous.map((crc) => (first[crc & 0xff] as number) ^ (crc >>> 8)))
  }
  return all
})()

const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as unknown as readonly [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
]

/** A word read from memory has its first byte lowest only on little-endian machines; elsewhere bytes are taken singly. */
const WORDS_HELP = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

// Indexes are within their tables and arrays by construction; `| 0` keeps the checker and the compiler at integers.
const step = (crc: number, byte: number): number => ((t0[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8)) | 0

/**
 * CRC-32C (Castagnoli) of `bytes[start, end)`, unsigned: the checksum of a Kafka record batch. Eight bytes a step, read
 * as two words: four times as fast as byte by byte, and the checksum is most of what encoding a batch costs.
 */
export const crc32c = (bytes: Uint8Array, start: number, end: number): number => {
  let crc = -1
  let at = start
  if (WORDS_HELP && end - start >= 16) {
    for (; ((bytes.byteOffset + at) & 3) !== 0; at += 1) crc = step(crc, bytes[at] as number)
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >>> 2)
    const pairs = words.length & ~1
    for (let i = 0; i < pairs; i += 2) {
      const low = crc ^ (words[i] as number)
      const high = words[i + 1] as number
      crc =
        (t7[low & 0xff] as number) ^
        (t6[(low >>> 8) & 0xff] as number) ^
        (t5[(low >>> 16) & 0xff] as number) ^
        (t4[low >>> 24] as number) ^
        (t3[high & 0xff] as number) ^
        (t2[(high >>> 8) & 0xff] as number) ^
        (t1[(high >>> 16) & 0xff] as number) ^
        (t0[high >>> 24] as number)
    }
    at += pairs * 4
  }
  for (; at < end; at += 1) crc = step(crc, bytes[at] as number)
  return (crc ^ -1) >>> 0
}
