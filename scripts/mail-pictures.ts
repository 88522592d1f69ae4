// node scripts/run.mjs scripts/mail-pictures.ts [FOLDER]: pictures of mails in a headless Chromium (CHROMIUM, else
// /usr/bin/chromium), light and dark, on a phone and on a desk, for docs/mails.md.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import puppeteer from 'puppeteer-core'
import { createWords } from '../services/notifier/src/adapters/words.ts'
import { renderExample } from '../services/notifier/src/http/preview.route.ts'
import { createRenderMail } from '../services/notifier/src/mails/render-mail.ts'

const SHOWN = [
  ['license_issued', 'plain', 'en'],
  ['payment_failed', 'with_link', 'de'],
  ['license_downgraded', 'plain', 'fr'],
  ['license_suspended', 'plain', 'es'],
  ['payment_reminder', 'several', 'en'],
  ['key_rotated', 'overlap', 'en'],
] as const

const folder = process.argv[2] ?? 'docs/mails'
const preview = {
  render: createRenderMail(createWords()),
  letterhead: {
    timeZone: 'UTC',
    brand: {
      product: 'Traffic Router',
      licenseApiUrl: 'https://licenses.example.com',
      supportAddress: 'help@example.com',
      portalUrl: 'https://portal.example.com/',
      logoUrl: null,
      accent: '#4338ca',
      accentInk: '#ffffff',
    },
  },
}

mkdirSync(folder, { recursive: true })
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
})
try {
  for (const [template, fixture, locale] of SHOWN) {
    const mail = renderExample(preview, template, fixture, locale)
    if (mail === null) throw new Error(`no example ${template}/${fixture}`)
    for (const scheme of ['light', 'dark'])
      for (const width of [360, 800]) {
        const page = await browser.newPage()
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
        await page.setViewport({ width, height: 600 })
        await page.setContent(mail.html, { waitUntil: 'load' })
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        if (Number(overflow) > 0) console.error(`${template} ${scheme} ${width}: ${overflow} px too wide`)
        const path = join(folder, `${template}-${scheme}-${width}.png`) as `${string}.png`
        await page.screenshot({ path, fullPage: true, captureBeyondViewport: true })
        await page.close()
        console.log(path)
      }
  }
} finally {
  await browser.close()
}
