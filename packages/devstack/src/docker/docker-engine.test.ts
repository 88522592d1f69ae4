import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { useDocker } from './docker-engine.ts'

describe('a Docker engine', () => {
  let folder = ''
  let engine: Server | undefined
  const host = () => `unix://${join(folder, 'docker.sock')}`

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyflow-engine-'))
  })
  afterEach(() => {
    engine?.closeAllConnections()
    engine?.close()
    engine = undefined
    rmSync(folder, { recursive: true })
  })

  const listen = (status: number): Promise<void> =>
    new Promise((resolve) => {
      engine = createServer((request, response) => {
        response.statusCode = request.url === '/_ping' ? status : 404
        response.end()
      })
      engine.listen(join(folder, 'docker.sock'), () => resolve())
    })

  it('that answers is used, unless KEYFLOW_STACK says embedded', async () => {
    await listen(200)
    expect(await useDocker({ DOCKER_HOST: host() })).toBe(true)
    expect(await useDocker({ DOCKER_HOST: host(), KEYFLOW_STACK: 'embedded' })).toBe(false)
  })

  it('that is ill, gone or on another machine is not used', async () => {
    expect(await useDocker({ DOCKER_HOST: host() })).toBe(false)
    await listen(500)
    expect(await useDocker({ DOCKER_HOST: host() })).toBe(false)
    expect(await useDocker({ DOCKER_HOST: 'tcp://192.0.2.1:2375' })).toBe(false)
  })
})
