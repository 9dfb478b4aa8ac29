/** What is wrong with a case, as a key of the page's words, and in which file; `''` for the archive. */
export class Broken extends Error {
  readonly why: BrokenWhy;
  readonly file: string;
  constructor(file: string, why: BrokenWhy) {
    super(`${file}: ${why}`);
    this.file = file;
    this.why = why;
  }
}

export type BrokenWhy =
  | 'noZip'
  | 'damaged'
  | 'tooMany'
  | 'twice'
  | 'tooLarge'
  | 'missing'
  | 'changed'
  | 'notListed'
  | 'noKey'
  | 'otherKey'
  | 'signature'
  | 'noManifest'
  | 'records'
  | 'ownRecord';
