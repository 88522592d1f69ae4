import type { Readable } from 'node:stream'

export const MAX_BODY_BYTES = 1024 * 1024

export type Body =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' | 'refused' | 'aborted' }

/**
 * Collects a body whose bytes are counted as they arrive: a declared length is only a promise. `take` may refuse more.
 * Stops reading at the first byte too many.
 */
export const readBody = (
  stream: Readable,
  options: { readonly limit: number; readonly take: (bytes: number) => boolean },
): Promise<Body> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const finish = (body: Body): void => {
      stream.off('data', onData).off('end', onEnd).off('error', onLost).off('close', onLost)
      if (body.kind !== 'read') {
        stream.pause()
        // Without a listener the late error of a broken connection would end the process.
        stream.on('error', () => {})
      }
      resolve(body)
    }
    const onData = (chunk: Buffer): void => {
      length += chunk.length
      const allowed = options.take(chunk.length)
      if (length > options.limit) finish({ kind: 'too_large' })
      else if (allowed) chunks.push(chunk)
      else finish({ kind: 'refused' })
    }
    const onEnd = (): void => {
      const [only] = chunks
      const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length)
      finish({ kind: 'read', bytes })
    }
    const onLost = (): void => finish({ kind: 'aborted' })
    stream.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost)
  })
