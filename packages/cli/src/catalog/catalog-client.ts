import {
  type ApplyCatalogRequest,
  CatalogPreviewLine,
  type CatalogPreviewSummary,
  CatalogResponse,
  CatalogVersionList,
  CatalogVersionResponse,
  CatalogVersionView,
  type PreviewCatalogRequest,
} from '@keyflow/contracts'
import { delay } from '@keyflow/runtime'
import { CliError } from '../command/cli-error.ts'
import type { Session } from '../session/session.ts'

type Change = Extract<CatalogPreviewLine, { kind: 'change' }>

/** The catalog's part of the licensing API, as commands use it. */
export const createCatalogClient = (session: Session) => {
  const api = session.api('licensing')
  return {
    inForce: (at?: string) =>
      api.get(`/api/v1/catalog${at === undefined ? '' : `?at=${encodeURIComponent(at)}`}`, CatalogResponse),
    versions: async () => (await api.get('/api/v1/catalog/versions', CatalogVersionList)).versions,
    version: (version: number) => api.get(`/api/v1/catalog/versions/${version}`, CatalogVersionResponse),

    /** Every change to `each`, as it is found; resolves with the summary. */
    preview: async (
      request: PreviewCatalogRequest,
      each: (change: Change) => void,
    ): Promise<CatalogPreviewSummary> => {
      const progress = session.progress('Looking at', 'ledgers')
      try {
        for await (const line of api.lines('POST', '/api/v1/catalog/preview', request, CatalogPreviewLine)) {
          if (line.kind === 'summary') return line
          if (line.kind === 'change') each(line)
          else progress.update(line.ledgers, line.of)
        }
      } finally {
        progress.end()
      }
      throw new CliError('The preview broke off before its end.', { fix: 'Nothing was changed: try again.' })
    },

    /** Makes the version, and waits until every license has been brought to it. */
    apply: async (request: ApplyCatalogRequest) => {
      const made = await api.send('POST', '/api/v1/catalog/versions', request, CatalogVersionView)
      const progress = session.progress(`Bringing licenses to version ${made.version}`, 'ledgers')
      try {
        for (;;) {
          const found = await api.get(`/api/v1/catalog/versions/${made.version}`, CatalogVersionResponse)
          const { ledgers_done: done, ledgers_behind: behind, finished } = found.sweep
          progress.update(done, done + behind)
          if (finished) return found
          await delay(250, session.signal)
          session.signal.throwIfAborted()
        }
      } finally {
        progress.end()
      }
    },
  }
}

export type CatalogClient = ReturnType<typeof createCatalogClient>
