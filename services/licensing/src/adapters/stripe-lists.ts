import type { Scope } from '@keyflow/contracts'
import { failureCode } from '@keyflow/runtime'
import { STRIPE_NOT_FOUND, type StripeAccess } from '@keyflow/runtime/stripe'
import { listEntries } from './list-entries.ts'

export interface ListEntry {
  readonly id: string
  readonly json: Readonly<Record<string, unknown>>
  /** As Stripe sent it. */
  readonly text: string
}

export interface ListPage {
  readonly entries: readonly ListEntry[]
  readonly hasMore: boolean
  /** Unix seconds by Stripe's clock. */
  readonly askedAt: number
}

/** Reads one page of a list of Stripe's, newest first; `after`: the id that it goes on behind. */
export type ReadPage = (
  scope: Scope,
  list: { readonly path: string; readonly query: Readonly<Record<string, string>> },
  after: string | null,
) => Promise<ListPage>

const PAGE = '100'

export const createReadPage =
  (access: StripeAccess): ReadPage =>
  async (scope, { path, query }, after) => {
    const params = new URLSearchParams({
      ...query,
      limit: PAGE,
      ...(after === null ? {} : { starting_after: after }),
    })
    const { answer, text, at } = await access.get<{ data?: unknown; has_more?: unknown }>(
      scope,
      `${path}?${params}`,
    )
    const data = Array.isArray(answer.data) ? (answer.data as ListEntry['json'][]) : []
    const texts = listEntries(text)
    return {
      entries: data.map((json, index) => ({
        id: String(json.id),
        json,
        text: texts[index] ?? JSON.stringify(json),
      })),
      hasMore: answer.has_more === true,
      askedAt: at,
    }
  }

/** Whether Stripe still knows an object. Rejects on anything but an answer. */
export const createExists =
  (access: StripeAccess) =>
  async (scope: Scope, path: string): Promise<boolean> => {
    try {
      await access.get(scope, path)
      return true
    } catch (error) {
      if (failureCode(error) === STRIPE_NOT_FOUND) return false
      throw error
    }
  }
