import type { ApiClient } from '../api/api-client.ts';
import type { EnrolOutcome, ImageGrade } from './wire.ts';

/** A picture from an alert: one face of its track. */
export interface AlertFace {
  readonly alertId: string;
  /** `face`, or `best-1` and so on. */
  readonly kind: string;
}

export type PictureSource =
  | { readonly from: 'file'; readonly file: File }
  | ({ readonly from: 'alert' } & AlertFace);

/** A picture on its way to being enrolled. */
export interface EnrolPicture {
  readonly key: number;
  readonly name: string;
  readonly source: PictureSource;
  /** Undefined while it is looked at, and for what is not looked at beforehand. */
  readonly check?: ImageGrade;
  /** Why the look failed; the picture may be enrolled all the same. */
  readonly checkError?: unknown;
  readonly outcome?: EnrolOutcome;
}

/** The gateway takes at most 20 images, 64 MiB together, in one request; parts add some bytes. */
const mostImages = 20;
const mostBytes = 60 * 1024 * 1024;

/** Looks at pictures without storing them; one grade each, in their order. */
export async function checkPictures(
  api: ApiClient,
  files: readonly File[],
): Promise<readonly ImageGrade[]> {
  const form = new FormData();
  for (const file of files) form.append('image', file, file.name);
  return (await api.send<{ grades: ImageGrade[] }>('POST', '/api/quality', form)).grades;
}

/**
 * Enrols pictures of a person.
 * @param onOutcome is called for each picture, as soon as it is known
 * @throws ApiError when the gateway refuses a request as a whole; what it had answered before stays
 */
export async function enrolPictures(
  api: ApiClient,
  personId: string,
  pictures: readonly EnrolPicture[],
  onOutcome: (key: number, outcome: EnrolOutcome) => void,
): Promise<void> {
  const path = `/api/people/${encodeURIComponent(personId)}/images`;
  for (const batch of batches(pictures)) {
    const form = new FormData();
    for (const { file } of batch) form.append('image', file, file.name);
    const { outcomes } = await api.send<Outcomes>('POST', path, form);
    for (const [i, { key }] of batch.entries()) {
      const outcome = outcomes[i];
      if (outcome !== undefined) onOutcome(key, outcome);
    }
  }
  for (const { key, source } of pictures) {
    if (source.from !== 'alert') continue;
    const { alertId, kind } = source;
    const { outcomes } = await api.send<Outcomes>('POST', `${path}/from-alert`, { alertId, kind });
    const [outcome] = outcomes;
    if (outcome !== undefined) onOutcome(key, outcome);
  }
}

interface Outcomes {
  readonly outcomes: readonly EnrolOutcome[];
}

interface Upload {
  readonly key: number;
  readonly file: File;
}

function batches(pictures: readonly EnrolPicture[]): Upload[][] {
  const all: Upload[][] = [];
  let batch: Upload[] = [];
  let bytes = 0;
  for (const { key, source } of pictures) {
    if (source.from !== 'file') continue;
    const { file } = source;
    if (batch.length > 0 && (batch.length >= mostImages || bytes + file.size > mostBytes)) {
      all.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push({ key, file });
    bytes += file.size;
  }
  return batch.length > 0 ? [...all, batch] : all;
}
