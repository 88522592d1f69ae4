import { setTimeout as sleep } from 'node:timers/promises'
import { eventOf, post } from './signed-webhook.ts'

export interface Answer {
  readonly id: string
  /** 0 when the connection broke. */
  readonly status: number
  readonly ms: number
}

/** Sends one event of that id and answers how it went; never throws. */
export const sendEvent = async (base: string, id: string): Promise<Answer> => {
  const body = JSON.stringify(eventOf({ id, data: { object: { id: 'sub_1', customer: `cus_${id}` } } }))
  const started = performance.now()
  const status = await post(base, { body }).then(
    (answer) => answer.status,
    () => 0,
  )
  return { id, status, ms: performance.now() - started }
}

/** Sends events of distinct ids at a steady rate, whatever the answers do, until it is told to stop. */
export const sendSteadily = (base: string, perSecond: number, prefix: string) => {
  const answers: Promise<Answer>[] = []
  let sending = true
  const loop = (async () => {
    while (sending) {
      answers.push(sendEvent(base, `${prefix}_${answers.length}`))
      await sleep(1000 / perSecond)
    }
  })()
  return {
    stop: async (): Promise<readonly Answer[]> => {
      sending = false
      await loop
      return Promise.all(answers)
    },
  }
}
