import type { ApplyCatalogRequest, PreviewCatalogRequest } from '@keyflow/contracts'
import type { Session } from '../session/session.ts'
import { createCatalogClient } from './catalog-client.ts'
import { createChangeCount, showPreview } from './show-preview.ts'

interface ApplyOptions {
  readonly reason: string
  readonly yes?: boolean | undefined
  readonly dryRun?: boolean | undefined
}

/**
 * Shows what would change, asks, applies to the version that was looked at, and waits until all licenses are there. Nobody
 * applies what he has not seen: a version made in between is a conflict.
 */
export const applyWithPreview = async (
  session: Session,
  request: PreviewCatalogRequest,
  source: 'file' | 'api',
  { reason, yes, dryRun }: ApplyOptions,
): Promise<undefined> => {
  const catalog = createCatalogClient(session)
  const changes = createChangeCount()
  const preview = await catalog.preview(request, changes.add)
  showPreview(session, preview, changes)
  if (dryRun === true) {
    session.json({ applied: null, preview })
    return undefined
  }
  await session.confirm(`Make it version ${preview.parent + 1}?`, yes)
  const body: ApplyCatalogRequest = {
    ...request,
    parent: preview.parent,
    source,
    actor: session.actor,
    reason,
  }
  const { content: _, ...applied } = await catalog.apply(body)
  session.json({ applied, preview })
  session.say(
    `Version ${applied.version} is in force; ${applied.sweep.licenses_changed} licenses were changed.`,
  )
  return undefined
}
