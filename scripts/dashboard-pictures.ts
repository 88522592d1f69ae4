// npm run dashboards:live [FOLDER]: runs every query of the dashboards against a live Prometheus that scrapes the product under
// a load, says which panel fails or stays empty, and draws the two most important boards in a headless Chromium.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import puppeteer from 'puppeteer-core'
import { drawBoard } from '../test/drills/draw-board.ts'
import { startDrillWorld } from '../test/drills/drill-world.ts'
import { readBoards } from '../test/drills/panel-data.ts'

const DRAWN = ['keyflow-overview', 'keyflow-pipeline']
const folder = process.argv[2] ?? 'docs/dashboards'
const seconds = Number(process.env.LOAD_SECONDS ?? 120)
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const world = await startDrillWorld(say)
let problems = 0
try {
  say(`Load for ${seconds} s …`)
  await sleep(seconds * 1000)
  const boards = await readBoards(world.monitoring, seconds)
  for (const [board, panels] of boards)
    for (const { spec, problem } of panels) {
      if (problem !== null) problems += 1
      say(`${problem === null ? 'ok' : problem}  ${board.title}: ${spec.title}`)
    }
  mkdirSync(folder, { recursive: true })
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
  const page = await browser.newPage()
  for (const [board, panels] of boards) {
    if (!DRAWN.includes(board.uid)) continue
    await page.setViewport({ width: 1430, height: 900 })
    await page.setContent(drawBoard(board, panels))
    await page.screenshot({ path: join(folder, `${board.uid}.png`), fullPage: true })
    say(`drew ${join(folder, `${board.uid}.png`)}`)
  }
  await browser.close()
} finally {
  await world.stop()
}
say(`${problems} panels with a problem`)
process.exit(problems > 0 ? 1 : 0)
