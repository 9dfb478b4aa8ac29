import type { Box } from '../../geometry/box.ts';
import type { AdvisedComponent } from '../../quality/component-report.ts';
import type { Awaitable } from './awaitable.ts';

export interface EnrolledImageView {
  readonly templateId: string;
  /** Unified quality, 0..100. */
  readonly quality: number;
  readonly createdAt: number;
  /** Why a person should look at it again, such as `outlier`. */
  readonly flags: readonly string[];
}

export interface PersonView {
  readonly id: string;
  readonly watchlistId: string;
  readonly name: string;
  readonly note: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly images: readonly EnrolledImageView[];
}

export interface UploadedImage {
  /** The file's name without folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type EnrolWarning =
  | { readonly kind: 'several-faces'; readonly faces: number }
  | {
      readonly kind: 'possible-duplicate';
      readonly personId: string;
      readonly personName: string;
      readonly similarity: number | null;
    }
  | { readonly kind: 'outlier'; readonly similarity: number };

/** What became of one uploaded image. */
export type EnrolOutcome = { readonly name: string } & (
  | {
      readonly status: 'enrolled';
      readonly templateId: string;
      readonly quality: number;
      readonly components: readonly AdvisedComponent[];
      readonly warnings: readonly EnrolWarning[];
    }
  | { readonly status: 'known'; readonly templateId: string }
  | {
      readonly status: 'refused';
      readonly code: string;
      readonly message: string;
      readonly quality: number | null;
      readonly reasons: readonly string[];
      readonly components: readonly AdvisedComponent[];
    }
);

/** What one image would be worth for enrolment. */
export interface ImageGrade {
  readonly name: string;
  /** Whether it could be enrolled. */
  readonly ok: boolean;
  /** Why not. */
  readonly code: string | null;
  readonly message: string | null;
  readonly quality: number | null;
  readonly faces: number;
  /** The face that was graded, in pixels of the picture. */
  readonly box: Box | null;
  readonly components: readonly AdvisedComponent[];
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
  enrol(id: string, images: readonly UploadedImage[]): Awaitable<readonly EnrolOutcome[]>;
  /** Grades images as enrolment would, one grade an image in their order, and keeps nothing. */
  grade(images: readonly UploadedImage[]): Awaitable<readonly ImageGrade[]>;
  /** The stored picture, JPEG. */
  image(id: string, templateId: string): Awaitable<Uint8Array | null>;
  /** @throws NightglassError `NOT_FOUND` */
  removeImage(id: string, templateId: string): Awaitable<void>;
}
