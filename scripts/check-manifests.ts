// The rendered manifests against the schemas of the API server and the operators, PromQL in them by promtool, and
// docker-compose.yml by the loader of Compose. Each check is also given what it must refuse: one that passes anything is
// no check.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type GoProgram, goProgram, isSetupError, prometheusTools, runTool } from '@keyflow/devstack'
import { stringify } from 'yaml'
import { COMPOSITIONS, KUSTOMIZE, type KubeObject, render } from '../deploy/test/rendered.ts'
import { SCHEMA_DEFECTS } from '../deploy/test/schemas/planted.ts'
import { writeSchemas } from '../deploy/test/schemas/write-schemas.ts'

const KUBECONFORM: GoProgram = {
  name: 'kubeconform',
  module: 'github.com/yannh/kubeconform',
  version: 'v0.8.0',
  command: 'cmd/kubeconform',
}
const COMPOSE: GoProgram = {
  name: 'compose-loader',
  module: 'github.com/compose-spec/compose-go/v2',
  version: 'v2.9.0',
  command: 'cmd',
}
const root = fileURLToPath(new URL('..', import.meta.url))
const log = (line: string): void => console.log(line)

const report = (passed: boolean, what: string, output: string): boolean => {
  log(`${passed ? 'ok  ' : 'FAIL'} ${what}`)
  if (!passed) log(output)
  return passed
}

type Run = (file: string) => Promise<{ readonly code: number | null; readonly output: string }>

/** What `run` says of a file with this text: it must take it, or refuse it with `answer`. */
const checker =
  (scratch: string, run: Run) =>
  async (what: string, text: string, answer?: RegExp): Promise<boolean> => {
    const file = join(scratch, 'checked.yaml')
    writeFileSync(file, text)
    const { code, output } = await run(file)
    return answer === undefined
      ? report(code === 0, what, output)
      : report(code !== 0 && answer.test(output), `${what} is refused`, output)
  }

const renderAll = async (): Promise<ReadonlyMap<string, readonly KubeObject[]>> => {
  const has = (command: string): boolean => spawnSync(command, ['version']).error === undefined
  if (!has('kubectl') && !has('kustomize')) await goProgram(KUSTOMIZE, log)
  return new Map(COMPOSITIONS.map((name) => [name, render(name) ?? []]))
}

/** In YAML 1.1, as Kubernetes reads it: there `off` is no text. */
const asYaml = (value: unknown): string => stringify(value, { version: '1.1' })

const asText = (objects: readonly KubeObject[]): string => objects.map(asYaml).join('---\n')

const checkSchemas = async (
  scratch: string,
  rendered: ReadonlyMap<string, readonly KubeObject[]>,
): Promise<boolean[]> => {
  const kubeconform = await goProgram(KUBECONFORM, log)
  const all = [...rendered.values()].flat()
  const schemas = join(scratch, 'schemas')
  mkdirSync(schemas)
  await writeSchemas(schemas, all)
  const location = `${schemas}/{{.ResourceKind}}{{.KindSuffix}}.json`
  const check = checker(scratch, (file) =>
    runTool(kubeconform, ['-strict', '-summary', '-schema-location', location, file]),
  )
  const results: boolean[] = []
  for (const [name, objects] of rendered)
    results.push(await check(`${name}: ${objects.length} objects`, asText(objects)))
  for (const { what, where, plant, answer } of SCHEMA_DEFECTS) {
    const target = structuredClone(all.find(({ kind, metadata }) => `${kind}/${metadata.name}` === where))
    if (target === undefined) throw new Error(`${where} is in no composition`)
    plant(target)
    results.push(await check(what, asYaml(target), answer))
  }
  return results
}

const checkPromQl = async (scratch: string, objects: readonly KubeObject[]): Promise<boolean[]> => {
  const { promtool } = await prometheusTools(log)
  const check = checker(scratch, (file) => runTool(promtool, ['check', 'rules', file]))
  const specs = objects.filter(({ kind }) => kind === 'PrometheusRule').map(({ spec }) => spec)
  const [first] = structuredClone(specs)
  if (first === undefined) throw new Error('no composition has a PrometheusRule')
  first.groups[0].rules[0].expr = 'sum(rate(keyflow_events_total[5m])'
  return [
    await check('PrometheusRule', stringify(specs[0])),
    await check('PromQL that lacks a parenthesis', stringify(first), /unclosed left parenthesis/),
  ]
}

const checkCompose = async (scratch: string): Promise<boolean[]> => {
  const loader = await goProgram(COMPOSE, log)
  const check = checker(scratch, (file) => runTool(loader, [file], { cwd: root }))
  const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8')
  return [
    await check('docker-compose.yml', text),
    await check(
      'a field that Compose does not have',
      text.replace('  inbox:\n', '  inbox:\n    port: 1080\n'),
      /port/,
    ),
    await check(
      'a wrong type in docker-compose.yml',
      text.replace('restart: unless-stopped', 'restart: [1]'),
      /restart/,
    ),
  ]
}

const scratch = mkdtempSync(join(tmpdir(), 'keyflow-manifests-'))
try {
  const rendered = await renderAll()
  const results = [
    ...(await checkSchemas(scratch, rendered)),
    ...(await checkPromQl(scratch, [...rendered.values()].flat())),
    ...(await checkCompose(scratch)),
  ]
  process.exitCode = results.every(Boolean) ? 0 : 1
} catch (error) {
  if (!isSetupError(error)) throw error
  log(`Manifests are not checked against their schemas: ${error.message}`)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
