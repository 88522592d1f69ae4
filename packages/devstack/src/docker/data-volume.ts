import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { getContainerRuntimeClient } from 'testcontainers'

/** Name of the volume that stands for a data directory of this machine. */
export const volumeName = (dataDir: string): string =>
  `keyflow-${createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16)}`

const NOT_FOUND = 404

/** Removes the volume of a data directory, if there is one. */
export const removeVolume = async (dataDir: string): Promise<void> => {
  const { container } = await getContainerRuntimeClient()
  try {
    await container.dockerode.getVolume(volumeName(dataDir)).remove()
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== NOT_FOUND) throw error
  }
}
