import type { Route } from '../http/route.ts'
import { checkoutSessionRoutes } from './checkout-sessions.ts'
import { webhookEndpointRoutes } from './webhook-endpoints.ts'

/** Every call that needs nothing but the world. */
export const routes: readonly Route[] = [...checkoutSessionRoutes, ...webhookEndpointRoutes]
