import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AwsClient } from 'aws4fetch'
import { KeyflowError } from '../errors/classify.ts'

/** Where archived segments are kept. Names are paths with slashes; a write is there as a whole or not at all. */
export interface ArchiveTarget {
  /** null where there is no such object. */
  readonly read: (name: string) => Promise<Uint8Array | null>
  readonly write: (name: string, bytes: Uint8Array) => Promise<void>
}

export interface S3Options {
  /** `https://s3.eu-central-1.amazonaws.com/bucket/prefix`, or of any S3-compatible server, path-style. */
  readonly url: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** A folder of this machine, or one that is mounted. */
export const createFileTarget = (folder: string): ArchiveTarget => ({
  read: async (name) => {
    try {
      return await readFile(join(folder, name))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  },
  write: async (name, bytes) => {
    const file = join(folder, name)
    await mkdir(dirname(file), { recursive: true })
    // Renaming is atomic: who is killed in between leaves a file that nobody asks for.
    await writeFile(`${file}.new`, bytes, { flush: true })
    await rename(`${file}.new`, file)
  },
})

export const createS3Target = ({ url, ...options }: S3Options): ArchiveTarget => {
  const client = new AwsClient({ ...options, service: 's3', retries: 5 })
  const at = (name: string): string =>
    `${url.replace(/\/+$/, '')}/${name.split('/').map(encodeURIComponent).join('/')}`
  const refused = (what: string, status: number): KeyflowError =>
    new KeyflowError(
      status === 403 || status === 400 ? 'invalid' : 'transient',
      'ARCHIVE_REFUSED',
      `the archive answered ${status} to ${what}`,
    )
  return {
    read: async (name) => {
      const answer = await client.fetch(at(name))
      if (answer.status === 404) return null
      if (!answer.ok) throw refused('reading', answer.status)
      return new Uint8Array(await answer.arrayBuffer())
    },
    write: async (name, bytes) => {
      const answer = await client.fetch(at(name), { method: 'PUT', body: Buffer.from(bytes) })
      await answer.arrayBuffer()
      if (!answer.ok) throw refused('writing', answer.status)
    },
  }
}
