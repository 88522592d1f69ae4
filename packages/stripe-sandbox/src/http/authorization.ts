import type { Permission } from '../objects/restricted-key.ts'
import { StripeError } from './stripe-error.ts'

const unauthorized = (message: string): StripeError =>
  new StripeError({ status: 401, type: 'invalid_request_error', message })

const keyIn = (header: string): string | undefined => {
  const [scheme, value] = header.split(' ')
  if (value === undefined) return undefined
  if (scheme?.toLowerCase() === 'bearer') return value
  if (scheme?.toLowerCase() === 'basic') return Buffer.from(value, 'base64').toString().split(':')[0]
  return undefined
}

interface Asked {
  readonly authorization: string | undefined
  readonly method: string
  /** `/v1/webhook_endpoints/:id` */
  readonly path: string
}

type PermissionsOf = (key: string) => Readonly<Record<string, Permission>> | undefined

/**
 * Any test key opens the sandbox; a live key is refused, so that one is never used here by mistake. A key that the
 * sandbox made restricted may do what it was made for.
 */
export const checkAuthorization = (asked: Asked, permissionsOf: PermissionsOf): void => {
  const key = keyIn(asked.authorization ?? '')
  if (key === undefined || key === '')
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )
  if (!/^(sk|rk)_test_\w+$/.test(key))
    throw unauthorized('Invalid API Key provided: the sandbox takes sk_test_ and rk_test_ keys only.')
  const permissions = permissionsOf(key)
  if (permissions !== undefined) checkPermission(key, permissions, asked)
}

const checkPermission = (
  key: string,
  permissions: Readonly<Record<string, Permission>>,
  { method, path }: Asked,
): void => {
  const resource = resourceOf(path)
  const needed = method === 'GET' ? 'read' : 'write'
  const granted = permissions[resource] ?? 'none'
  if (granted === 'write' || granted === needed) return
  throw new StripeError({
    status: 403,
    type: 'invalid_request_error',
    message: `The provided key '${masked(key)}' does not have the required permissions for this endpoint. Having the 'rak_${singular(resource)}_${needed}' permission would allow this request to continue.`,
  })
}

/** `/v1/checkout/sessions/:id/line_items` -> `checkout_sessions`. */
const resourceOf = (path: string): string => {
  const [first = '', second = ''] = path.split('/').slice(2)
  return first === 'checkout' || first === 'billing_portal' || first === 'test_helpers'
    ? `${first}_${second}`
    : first
}

const singular = (resource: string): string => resource.replace(/s$/, '')

const masked = (key: string): string => `${key.slice(0, 8)}${'*'.repeat(10)}${key.slice(-4)}`
