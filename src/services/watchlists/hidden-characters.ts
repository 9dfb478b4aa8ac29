/**
 * True when a text holds characters that a reader does not see and that change
 * what is read: controls, halves of a character, and marks that turn the order
 * of what follows (a name could pass for another one on an alert). Scripts that
 * run from right to left need none of them. Joiners, which some scripts need, and
 * plain direction marks are no such characters.
 */
export function hasHiddenCharacters(text: string, allowed: 'one line' | 'lines'): boolean {
  const shown = allowed === 'lines' ? text.replace(/\r\n|[\n\t]/g, '') : text;
  return /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(shown);
}
