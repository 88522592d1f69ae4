// npm run mail:build [-- --check]: compiles the mails' MJML layout and ICU messages into services/notifier/src/generated.
// With --check nothing is written: it fails when the committed output is not what the sources give.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compiledMails } from './compile-mails.ts'

const isCheck = process.argv.includes('--check')
const { files, problems } = await compiledMails()

const stale = files.filter(({ path, text }) => {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
  if (!isCheck) {
    writeFileSync(file, text)
    console.log(`wrote ${path}`)
    return false
  }
  try {
    return readFileSync(file, 'utf8') !== text
  } catch {
    return true
  }
})
for (const problem of problems) console.error(`mail messages: ${problem}`)
for (const { path } of stale) console.error(`${path} is stale: npm run mail:build`)
process.exitCode = problems.length + stale.length === 0 ? 0 : 1
if (isCheck && process.exitCode === 0)
  console.log('mails: every message in every language, output up to date')
