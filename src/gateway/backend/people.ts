import type { ImageGrade } from '../../watchlist/image-grade.ts';
import type { ImageOutcome } from '../../watchlist/image-outcome.ts';
import type { Person, Template } from '../../watchlist/watchlist.ts';
import type { Awaitable } from './awaitable.ts';

/** An enrolled image, without its vector. */
export interface EnrolledImageView extends Pick<Template, 'quality' | 'createdAt' | 'flags'> {
  readonly templateId: string;
}

export interface PersonView extends Person {
  readonly images: readonly EnrolledImageView[];
}

/** A file of a form, which may hold anything; `NamedImage` of enrolment is a picture in the same shape. */
export interface UploadedImage {
  /** The file's name without folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface PeoplePage {
  readonly watchlistIds: readonly string[];
  /** Id of the last person of the page before. */
  readonly after?: string;
  readonly limit: number;
}

export interface PeopleBackend {
  /** People of these lists by id, those after `after`; `limit` 1..500. */
  list(page: PeoplePage): Awaitable<readonly PersonView[]>;
  get(id: string): Awaitable<PersonView | undefined>;
  /** @throws NightglassError `NOT_FOUND` for an unknown list */
  create(person: { watchlistId: string; name: string; note: string }): Awaitable<PersonView>;
  /** @throws NightglassError `NOT_FOUND`, `BAD_REQUEST` */
  update(id: string, changes: { name?: string; note?: string }): Awaitable<PersonView>;
  /** @throws NightglassError `NOT_FOUND` */
  remove(id: string): Awaitable<void>;
  /** One outcome an image, in their order. @throws NightglassError `NOT_FOUND`, `INFERENCE_*` */
  enrol(id: string, images: readonly UploadedImage[]): Awaitable<readonly ImageOutcome[]>;
  /** Grades images as enrolment would, one grade an image in their order, and keeps nothing. */
  grade(images: readonly UploadedImage[]): Awaitable<readonly ImageGrade[]>;
  /** The stored picture, JPEG. */
  image(id: string, templateId: string): Awaitable<Uint8Array | null>;
  /** @throws NightglassError `NOT_FOUND` */
  removeImage(id: string, templateId: string): Awaitable<void>;
}
