import type { LicenseEvent } from '@keyflow/contracts'
import type { NewDelivery } from '../adapters/mongo-deliveries.ts'
import { mirroredLicense } from '../domain/mirrored-license.ts'

export const MIRROR_LANE = 'mirror'

export interface MirrorRule {
  readonly mode: 'live' | 'test' | 'both'
  readonly isOn: boolean
}

/**
 * The newest state of a license as the mirror's. Kept also while there is no mirror, so that one that is set up later
 * gets the licenses that have been there.
 */
export const toMirror =
  ({ mode, isOn }: MirrorRule) =>
  (event: LicenseEvent): NewDelivery | null =>
    mode !== 'both' && event.livemode !== (mode === 'live')
      ? null
      : {
          lane: MIRROR_LANE,
          subject: event.licenseId,
          type: 'mirror',
          body: JSON.stringify(mirroredLicense(event)),
          version: event.licenseVersion,
          note: isOn ? null : 'endpoint_off',
        }
