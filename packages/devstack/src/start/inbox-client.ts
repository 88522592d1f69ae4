interface ReceivedMail {
  readonly text?: string
}

/** Reads the development inbox over its REST API; `text` of the mails to that address, newest last. */
export const readInbox = async (base: string, address: string): Promise<readonly string[]> => {
  const query = new URLSearchParams({ 'to.address': address })
  const response = await fetch(`${base}/api/email?${query}`, { signal: AbortSignal.timeout(2_000) })
  const mails = (await response.json()) as readonly ReceivedMail[]
  return mails.flatMap(({ text }) => text ?? [])
}

/** The license key in a mail's text, if there is one. */
export const keyInMail = (text: string): string | undefined => /\bKF(?:-[0-9A-Z]{1,6})+\b/.exec(text)?.[0]
