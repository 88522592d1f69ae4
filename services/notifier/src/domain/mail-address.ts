/** One plain address and nothing else: no list, no display name, no control character, no space. */
const PLAIN_ADDRESS = /^[^\s@<>(),;:\\"[\]\p{C}]{1,64}@[^\s@<>(),;:\\"[\]\p{C}]{1,253}$/u

/** Whether mail can be addressed to it as it stands. */
export const isMailable = (email: string | null): email is string =>
  email !== null && PLAIN_ADDRESS.test(email)

/** `j•••@example.com`: enough to recognize, too little to write to. */
export const maskAddress = (email: string): string => {
  const at = email.lastIndexOf('@')
  return at < 1 ? '•••' : `${email.slice(0, 1)}•••${email.slice(at)}`
}

/** Text for one header line: whatever could end the line or hide in it becomes a space; at most `max` characters. */
export const headerText = (text: string, max = 120): string => {
  const clean = text
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return [...clean].slice(0, max).join('')
}
