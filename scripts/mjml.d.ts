/** The compiler brings no types; this is what of it is used. */
declare module 'mjml' {
  interface Options {
    readonly validationLevel: 'strict'
    readonly keepComments: boolean
    readonly fonts: Readonly<Record<string, string>>
  }
  const mjml2html: (
    source: string,
    options: Options,
  ) => Promise<{ html: string; errors: readonly { formattedMessage: string }[] }>
  // biome-ignore lint/style/noDefaultExport: so the compiler exports it
  export default mjml2html
}
