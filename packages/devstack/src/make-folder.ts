import { mkdirSync } from 'node:fs'
import { diskFull, isDiskFull } from './explain-failure.ts'
import { setupError } from './setup-error.ts'

const ONE_MB = 1024 * 1024

/** Makes a folder with its parents; where that is not possible, throws the line that names the variable to set. */
export const makeFolder = (folder: string, variable: string): void => {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    if (isDiskFull(error)) throw diskFull(folder, ONE_MB, error)
    const { code } = error as NodeJS.ErrnoException
    throw setupError(
      `${folder} cannot be made (${code}): set ${variable} to a folder that can be written.`,
      error,
    )
  }
}
