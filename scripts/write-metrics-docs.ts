// npm run docs:metrics: writes docs/metrics.md from the services' declarations.
import { writeFileSync } from 'node:fs'
import { metricsDocs } from './metrics-docs.ts'

writeFileSync(new URL('../docs/metrics.md', import.meta.url), await metricsDocs())
console.log('wrote docs/metrics.md')
