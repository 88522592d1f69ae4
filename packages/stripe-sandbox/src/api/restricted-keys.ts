import type { Call, Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { newId } from '../identifiers.ts'
import type { Permission, RestrictedKeyRecord } from '../objects/restricted-key.ts'

const isPermission = (text: string): text is Permission =>
  text === 'none' || text === 'read' || text === 'write'

/** The dashboard's "create restricted key": `permissions[webhook_endpoints]=write`. */
const create = ({ params, world }: Call): RestrictedKeyRecord => {
  const permissions: Record<string, Permission> = {}
  for (const [resource, granted] of Object.entries(params.map('permissions') ?? {})) {
    if (!isPermission(granted))
      throw invalidRequest(`Invalid permission: ${granted}`, `permissions[${resource}]`)
    permissions[resource] = granted
  }
  return world.put<RestrictedKeyRecord>({
    object: 'sandbox.restricted_key',
    id: newId('rk_test'),
    created: world.now,
    permissions,
  })
}

export const restrictedKeyRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/sandbox/restricted_keys',
    handle: (call) => {
      const { id, permissions } = create(call)
      return { json: { object: 'sandbox.restricted_key', key: id, permissions } }
    },
  },
]
