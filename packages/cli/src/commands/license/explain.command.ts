import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'

const Explanation = Type.Object({
  at: Type.String(),
  license: Type.Object({
    version: Type.Integer(),
    since: Type.String(),
    state: Type.Object({
      status: Type.String(),
      reason: Type.Union([Type.String(), Type.Null()]),
      tier: Type.String(),
      validThrough: Type.Union([Type.String(), Type.Null()]),
    }),
  }),
  catalog: Type.Object({ price_version: Type.Integer(), tier_version: Type.Integer() }),
  price: Type.String(),
  facts: Type.Array(
    Type.Object({
      event_id: Type.String(),
      type: Type.String(),
      origin: Type.String(),
      folded_at: Type.String(),
    }),
  ),
})

export const command = defineCommand({
  summary: 'Say why a license is what it is',
  description: `Lists the records of the log that made a license what it is, now or at a past instant: which Stripe
events, where they lie in Kafka, under which version of the catalog. Changes nothing.`,
  examples: [
    { run: 'keyflow license explain 7b1c2c6e-…', does: 'why is it suspended?' },
    {
      run: 'keyflow license explain 7b1c2c6e-… --at 2026-03-01T09:00:00Z',
      does: 'and what was it in March?',
    },
  ],
  build: (command) =>
    command
      .argument('<license>', 'id of the license')
      .option('--at <instant>', 'as of this instant, ISO 8601'),
  run: async (session, [license], { at }) => {
    const query = at === undefined ? '' : `?at=${encodeURIComponent(at)}`
    const path = `/api/v1/licenses/${encodeURIComponent(license)}/explain${query}`
    const found = await session.api('licensing').get(path, Explanation)
    const { state, since, version } = found.license
    session.json(found)
    session.say(`${license} at ${found.at}`)
    session.say(
      `${state.status}${state.reason === null ? '' : ` (${state.reason})`}, tier ${state.tier}, version ${version} since ${since}`,
    )
    session.say(state.validThrough === null ? 'no end' : `valid through ${state.validThrough}`)
    session.say(
      `price ${found.price}, catalog version ${found.catalog.price_version}, tier as of ${found.catalog.tier_version}`,
    )
    session.say()
    session.table(
      ['WHEN', 'WHAT', 'EVENT', 'WHERE'],
      found.facts.map((fact) => [fact.folded_at, fact.type, fact.event_id, fact.origin]),
    )
    return undefined
  },
})
