/** Something that takes bytes from outside. */
export interface FuzzTarget {
  readonly name: string;
  /** What it takes, in a sentence. */
  readonly about: string;
  /** Valid inputs, to be changed. */
  seeds(): Promise<readonly Uint8Array[]>;
  /** Starts the part under test. */
  open(): Promise<OpenTarget>;
}

export interface OpenTarget extends AsyncDisposable {
  /** Gives it one input. A refusal with a code is an answer; all else that is thrown is a finding. */
  feed(input: Uint8Array): void | Promise<void>;
}
