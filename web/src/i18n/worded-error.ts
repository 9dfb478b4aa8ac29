/** A failure whose message is for the person, in the language of the page. */
export class WordedError extends Error {
  override readonly name = 'WordedError';
}
