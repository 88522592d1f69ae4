import { defineConfig, type Field, serviceFields, storeFields } from '@keyflow/runtime'

/** A text field would show the token in the boot log. */
const operatorToken: Field<string> = {
  env: 'OPERATOR_TOKEN',
  doc: 'Bearer token of the operator routes; empty closes them.',
  kind: 'secret',
  fallback: '',
  secret: true,
  parse: (value) => value.trim(),
}

/** The one declaration of this service's configuration. */
export const config = defineConfig('dunning', {
  ...serviceFields({ http: 8789 }),
  ...storeFields('keyflow_dunning'),
  operatorToken,
})
export type DunningConfig = ReturnType<typeof config.load>
