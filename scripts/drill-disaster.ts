import { runDisasterDrill } from '../test/e2e/disaster-drill.ts'

/** `npm run drill:disaster -- 50`: MongoDB is lost on purpose; everything comes back from Kafka and the issuer secret. */
const buyers = Number(process.argv[2] ?? 20)
const report = await runDisasterDrill(buyers, (line) => process.stdout.write(`${line}\n`))
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
const isBack =
  report.keysValid === buyers &&
  report.mailsSentAgain === 0 &&
  report.keysOfNewBuyer === 1 &&
  report.dunned.length === 3 &&
  report.dunnedTier === 'free' &&
  report.webhooksSentAgain === 0 &&
  report.newsByWebhook
process.stdout.write(isBack ? 'Everything is back.\n' : 'NOT everything is back.\n')
process.exit(isBack ? 0 : 1)
