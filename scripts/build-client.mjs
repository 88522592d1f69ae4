// npm run build:client: packages/client as it is published: JavaScript and types, with a package.json of its own.
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './bootstrap.mjs'

const source = join(ROOT, 'packages', 'client')
const target = process.argv[2] ?? join(source, 'dist')

rmSync(target, { recursive: true, force: true })
const compiled = spawnSync(
  join(ROOT, 'node_modules', '.bin', 'tsc'),
  ['-p', join(source, 'tsconfig.build.json'), '--outDir', target],
  { stdio: 'inherit' },
)
if (compiled.status !== 0) process.exit(compiled.status ?? 1)

const { name, version, license, type, dependencies } = JSON.parse(
  readFileSync(join(source, 'package.json'), 'utf8'),
)
const entry = (file) => ({ types: `./${file}.d.ts`, default: `./${file}.js` })
const manifest = {
  name,
  version,
  description: 'Asks a Keyflow license server, and answers offline by signed leases.',
  license,
  type,
  sideEffects: false,
  engines: { node: '>=20' },
  exports: {
    '.': entry('index'),
    './protocol': entry('protocol/index'),
    './node': entry('node/file-storage'),
    './vectors/*': './vectors/*',
  },
  dependencies,
}
writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
for (const file of ['README.md', 'vectors'])
  cpSync(join(source, file), join(target, file), { recursive: true })
cpSync(join(ROOT, 'LICENSE'), join(target, 'LICENSE'))
