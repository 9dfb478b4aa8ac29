/** A file of a form, which may hold anything; `NamedImage` of enrolment is a picture in the same shape. */
export interface UploadedImage {
  /** The file's name without folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Which of its faces is meant, by number: the largest is 1. */
  readonly face?: number;
}
