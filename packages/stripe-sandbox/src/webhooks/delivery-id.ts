/** Id of the debt of one event to one endpoint. */
export const deliveryId = (event: string, endpoint: string): string => `${event}:${endpoint}`
