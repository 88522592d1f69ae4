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

/** Any test key opens the sandbox; a live key is refused, so that one is never used here by mistake. */
export const checkAuthorization = (header: string | undefined): void => {
  const key = keyIn(header ?? '')
  if (key === undefined || key === '')
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )
  if (!/^(sk|rk)_test_\w+$/.test(key))
    throw unauthorized('Invalid API Key provided: the sandbox takes sk_test_ and rk_test_ keys only.')
}
