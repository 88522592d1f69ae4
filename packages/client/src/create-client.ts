import { type Activated, activate, type Deactivated, deactivate } from './activate.ts'
import type { Answer } from './answer.ts'
import { answerOffline } from './answer-offline.ts'
import { askServer, type ServerAnswer } from './ask-server.ts'
import { type Ask, type ClientOptions, memoryStorage, type Place } from './client-options.ts'
import { createKeyring } from './keyring.ts'
import { createKnownStates, type KnownState } from './known-state.ts'
import type { Question } from './protocol/judged-license.ts'
import { readRevocations } from './read-revocations.ts'
import { createTransport } from './transport.ts'

export interface Client {
  /**
   * May this run? Asks the server, and goes by the last lease when it is not there. Does not throw, and does not lock for
   * anything that says nothing about the customer.
   */
  readonly validate: (key: string, ask?: Ask) => Promise<Answer>
  readonly activate: (key: string, place: Place) => Promise<Activated>
  readonly deactivate: (key: string, place: Place) => Promise<Deactivated>
}

const FRESH_SECONDS = 60
/** Different questions whose last answer is kept. */
const MOST_ANSWERS = 100

export const createClient = (options: ClientOptions): Client => {
  const { storage = memoryStorage(), now = Date.now, freshSeconds = FRESH_SECONDS } = options
  const transport = createTransport(options)
  const keyring = createKeyring(options, transport, storage, now)
  const states = createKnownStates(storage)
  const recent = new Map<string, { readonly answer: Answer; readonly atMs: number }>()
  const underWay = new Map<string, Promise<Answer>>()

  const questionOf = (ask: Ask): Question => ({
    ...ask,
    productId: options.productId,
    livemode: options.environment === undefined ? undefined : options.environment === 'live',
    releasedAt: options.releasedAt === undefined ? undefined : seconds(options.releasedAt.getTime()),
  })

  const ask = async (key: string, asked: Ask): Promise<Answer> => {
    const question = questionOf(asked)
    const said = await askServer(transport, keyring, options, key, asked, question)
    const state = await states.read(key)
    if (said.kind !== 'none') {
      await states.write(key, learned(state, said))
      return said.answer
    }
    const at = seconds(now())
    const offline = await answerOffline(state, keyring, question, at, options.issuer)
    if (!offline.valid || offline.lease === null) return offline
    // The feed may be nearer than the server: it is made to be cached.
    const known = await readRevocations(transport, keyring, state, offline.lease.sub)
    await states.write(key, { ...known, lastGoodTime: Math.max(known.lastGoodTime, at) })
    return known.revokedAt === state.revokedAt
      ? offline
      : answerOffline(known, keyring, question, at, options.issuer)
  }

  return {
    validate: (key, asked = {}) => {
      const question = JSON.stringify([key, asked])
      const last = recent.get(question)
      const ageMs = last === undefined ? Number.POSITIVE_INFINITY : now() - last.atMs
      if (last !== undefined && ageMs >= 0 && ageMs < freshSeconds * 1000)
        return Promise.resolve({ ...last.answer, source: 'memory', ageSeconds: seconds(ageMs) })
      const running = underWay.get(question)
      if (running !== undefined) return running
      const asking = ask(key, asked)
        .then((answer) => {
          recent.delete(question)
          if (answer.source === 'server') recent.set(question, { answer, atMs: now() })
          const [oldest] = recent.keys()
          if (recent.size > MOST_ANSWERS && oldest !== undefined) recent.delete(oldest)
          return answer
        })
        .finally(() => underWay.delete(question))
      underWay.set(question, asking)
      return asking
    },
    activate: async (key, place) => {
      recent.clear()
      return activate(transport, key, place)
    },
    deactivate: async (key, place) => {
      recent.clear()
      return deactivate(transport, key, place)
    },
  }
}

/** What an answer of the server leaves behind. Its clock is right: ours is corrected by it, also backwards. */
const learned = (state: KnownState, said: Exclude<ServerAnswer, { readonly kind: 'none' }>): KnownState =>
  said.kind === 'valid'
    ? {
        ...state,
        lease: said.lease,
        refusal: null,
        newestLeaseAt: said.claims.iat,
        newestVersion: said.claims.ver,
        lastGoodTime: said.claims.iat,
        revokedAt: 0,
      }
    : said.answer.locks
      ? { ...state, lease: null, refusal: said.code, lastGoodTime: said.at }
      : { ...state, lastGoodTime: said.at }

const seconds = (ms: number): number => Math.floor(ms / 1000)
