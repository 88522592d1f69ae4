import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { KeyflowError } from '../errors/classify.ts'

const require = createRequire(import.meta.url)
const PATCHED_VERSION = '2.2.4'

/**
 * A module inside kafkajs, for a patch. Throws when another version is installed: then every patch has to be looked at
 * again.
 */
export const kafkajsInternal = <T>(path: string): T => {
  const { version } = JSON.parse(readFileSync(require.resolve('kafkajs/package.json'), 'utf8')) as {
    version: string
  }
  if (version !== PATCHED_VERSION)
    throw new KeyflowError(
      'bug',
      'KAFKAJS_VERSION',
      `kafkajs ${version} is installed, the patches are for ${PATCHED_VERSION}`,
    )
  return require(`kafkajs/src/${path}`) as T
}
