import type {
  EnrolOutcome,
  FaceKind,
  ImageGrade,
  NightglassClient,
} from '../../../src/client/nightglass-client.ts';

/** A picture from an alert: one face of its track. */
export interface AlertFace {
  readonly alertId: string;
  /** `face`, or `best-1` and so on. */
  readonly kind: FaceKind;
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
  /** Number of the face that is meant, where the picture shows several. */
  readonly face?: number;
}

/** The faces that somebody must choose from; none where nothing is to be chosen. */
export function choicesOf({ check, outcome }: EnrolPicture): ImageGrade['choices'] {
  if (outcome?.status === 'refused' && outcome.code === 'SEVERAL_FACES') return outcome.choices;
  return outcome === undefined && check?.code === 'SEVERAL_FACES' ? check.choices : [];
}

/** True where the picture is still to be enrolled: what is known to be refused is not sent. */
export function isOpen(picture: EnrolPicture): boolean {
  if (choicesOf(picture).length > 0) return picture.face !== undefined;
  return picture.outcome === undefined && picture.check?.ok !== false;
}

/** The gateway takes at most 20 images, 64 MiB together, in one request; parts add some bytes. */
const mostImages = 20;
const mostBytes = 60 * 1024 * 1024;

/**
 * Enrols pictures of a person.
 * @param onOutcome is called for each picture, as soon as it is known
 * @throws ApiError when the gateway refuses a request as a whole; what it had answered before stays
 */
export async function enrolPictures(
  client: NightglassClient,
  personId: string,
  pictures: readonly EnrolPicture[],
  onOutcome: (key: number, outcome: EnrolOutcome) => void,
): Promise<void> {
  for (const batch of batches(pictures)) {
    const outcomes = await client.enrol(
      personId,
      batch.map(({ file }) => file),
      batch.map(({ face }) => face),
    );
    for (const [i, { key }] of batch.entries()) {
      const outcome = outcomes[i];
      if (outcome !== undefined) onOutcome(key, outcome);
    }
  }
  for (const { key, source, face } of pictures) {
    if (source.from !== 'alert') continue;
    const { alertId, kind } = source;
    const chosen = face === undefined ? {} : { face };
    const [outcome] = await client.enrolFromAlert(personId, { alertId, kind, ...chosen });
    if (outcome !== undefined) onOutcome(key, outcome);
  }
}

interface Upload {
  readonly key: number;
  readonly file: File;
  readonly face: number | undefined;
}

function batches(pictures: readonly EnrolPicture[]): Upload[][] {
  const all: Upload[][] = [];
  let batch: Upload[] = [];
  let bytes = 0;
  for (const { key, source, face } of pictures) {
    if (source.from !== 'file') continue;
    const { file } = source;
    if (batch.length > 0 && (batch.length >= mostImages || bytes + file.size > mostBytes)) {
      all.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push({ key, file, face });
    bytes += file.size;
  }
  return batch.length > 0 ? [...all, batch] : all;
}
