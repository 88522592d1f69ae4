import { defineConfig, serviceFields, storeFields } from '@keyflow/runtime'

/** The one declaration of this service's configuration. */
export const config = defineConfig('dunning', {
  ...serviceFields({ http: 8789 }),
  ...storeFields('keyflow_dunning'),
})
export type DunningConfig = ReturnType<typeof config.load>
