import type { Alert, EvidenceKind, ModelStamp } from '../../../domain/alert.ts';
import { isNightglassError } from '../../../domain/errors.ts';
import { footagePictures } from '../../../domain/footage.ts';
import { type Box, expandBox, shareOf } from '../../../domain/geometry/box.ts';
import type { Landmarks } from '../../../domain/geometry/landmarks.ts';
import type { Template } from '../../../domain/watchlist.ts';
import type { KeptSighting } from '../../../store/footage-sighting-table.ts';
import { othersFirst } from '../../in-turns.ts';
import type { CaseEntry } from '../case-archive.ts';
import { describeFile } from '../case-manifest.ts';
import { exportedPicture, kindsOf, picturePath } from '../case-pictures.ts';
import { tellProgress } from '../case-progress.ts';
import { sightingPicturePath } from '../footage-pictures.ts';
import { inPieces } from '../in-pieces.ts';
import type { ShownPictures } from '../shown-pictures.ts';
import { enrolledPath } from './person-entry.ts';
import { isOfAnother, shownBy } from './plan-subject.ts';
import type { SubjectContext } from './subject-context.ts';
import type { MatterAlert } from './subject-matter.ts';

/** Where the face is in a picture that is cut to it: about the middle, also at the edge of a frame. */
const middle: Box = { x: 0.15, y: 0.15, width: 0.7, height: 0.7 };

type Context = Pick<SubjectContext, 'confirmed' | 'own' | 'sources' | 'withheld'>;
type StoredContext = Omit<Context, 'sources'> & {
  readonly sources: Pick<Context['sources'], 'alerts' | 'footage'>;
};

/** A picture before others in it are hidden. */
interface StoredPicture {
  readonly path: string;
  readonly jpeg: Uint8Array | null;
  /** Where the person is, in shares of the picture; null: nobody knows, and all are hidden. */
  readonly place: Box | null;
  readonly kind: EvidenceKind;
  readonly models: readonly ModelStamp[];
}

/** The pictures of a part, with everybody else hidden in each, those of faces alone as well. */
export async function collectSubjectPictures(
  matter: {
    readonly templates: readonly Template[];
    readonly alerts: readonly Pick<MatterAlert, 'isWhole' | 'record'>[];
    readonly footage: readonly KeptSighting[];
  },
  context: Context,
  shown: ShownPictures,
): Promise<CaseEntry[]> {
  const entries: CaseEntry[] = [];
  const { sources } = context;
  const total = matter.templates.length + matter.alerts.length + matter.footage.length;
  let done = 0;
  const take = async (pictures: readonly StoredPicture[]): Promise<void> => {
    tellProgress(sources, 'pictures', done, total);
    done += 1;
    for (const each of pictures) {
      const entry = await hidden(each, context, shown);
      if (entry !== null) entries.push(entry);
      await othersFirst();
    }
  };
  for (const template of matter.templates) await take([await pictureOfTemplate(template, context)]);
  for (const alert of matter.alerts) await take(picturesOfAlert(alert, context));
  for (const sighting of matter.footage) await take(picturesOfSighting(sighting, context));
  return entries;
}

/** Null where it does not leave, which is noted. */
async function hidden(
  { path, jpeg, place, kind, models }: StoredPicture,
  { sources: { blur, codec }, withheld }: Context,
  shown: ShownPictures,
): Promise<CaseEntry | null> {
  if (jpeg === null || jpeg.byteLength === 0) return null;
  if (withheld.isByHand(path)) return null;
  try {
    const redrawn = await blur.picture(jpeg, place);
    const bytes = await exportedPicture(redrawn ?? jpeg, kind, models, codec);
    const { bytes: length, sha256 } = describeFile(path, jpeg);
    const original = redrawn === null ? {} : { original: { bytes: length, sha256 } };
    // Held until it is sent: what is open may get a better picture while it is exported.
    const file = { ...describeFile(path, bytes), ...original };
    return shown.keep({ file, read: () => inPieces(bytes) }, bytes);
  } catch (error) {
    if (!isNightglassError(error, 'IMAGE_INVALID')) throw error;
    withheld.add(path, 'undecodable');
    return null;
  }
}

async function pictureOfTemplate(
  { id, personId, landmarks }: Template,
  { sources: { codec, watchlists }, withheld }: Context,
): Promise<StoredPicture> {
  const path = enrolledPath(personId, id);
  const kept = withheld.isByHand(`people/${personId}/templates/${id}`);
  const jpeg = kept ? null : watchlists.templateImage(id);
  const place = jpeg === null ? null : await placeOf(jpeg, landmarks, codec);
  return { path, jpeg, place, kind: 'enrolled', models: [] };
}

/** Where the enrolled face is in its picture. */
async function placeOf(
  jpeg: Uint8Array,
  landmarks: Landmarks,
  codec: Context['sources']['codec'],
): Promise<Box | null> {
  try {
    const xs = landmarks.map(({ x }) => x);
    const ys = landmarks.map(({ y }) => y);
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    const inner = { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
    // Eyes, nose and mouth take about half of a face's box.
    return shareOf(expandBox(inner, 1.8), await codec.decode(jpeg));
  } catch (error) {
    if (isNightglassError(error, 'IMAGE_INVALID')) return null;
    throw error;
  }
}

/** The pictures of an alert in a part, as they are stored. What is not in it is noted. */
export function picturesOfAlert(
  { isWhole, record }: Pick<MatterAlert, 'isWhole' | 'record'>,
  { confirmed, own, sources, withheld }: StoredContext,
): StoredPicture[] {
  if (!isWhole) return [];
  const { alert } = record;
  const { id, models } = alert;
  const isShown = shownBy(record, confirmed) !== 'nobody';
  if (!isShown)
    withheld.add(`alerts/${id}/pictures`, isOfAnother(record) ? 'another_person' : 'unjudged');
  const isByHand = withheld.isByHand(`alerts/${id}/pictures`);
  return kindsOf(alert).flatMap((kind): StoredPicture[] => {
    const isEnrolled = kind === 'enrolled';
    if (isByHand || (isEnrolled ? !own.has(alert.personId) : !isShown)) return [];
    const jpeg = sources.alerts.evidence(id, kind);
    return [{ path: picturePath(id, kind), jpeg, place: placeIn(alert, kind), kind, models }];
  });
}

function placeIn(alert: Alert, kind: EvidenceKind): Box | null {
  if (kind === 'frame') return alert.place;
  const [, number, what] = /^sighting-(\d+)-(.+)$/.exec(kind) ?? [];
  if (what !== 'frame') return middle;
  return alert.sightings.find((sighting) => sighting.number === Number(number))?.place ?? null;
}

/** The pictures of a sighting in recorded footage, as {@link picturesOfAlert}. */
export function picturesOfSighting(
  { alert: { id, models, personId } }: KeptSighting,
  { confirmed, own, sources, withheld }: StoredContext,
): StoredPicture[] {
  const isShown = confirmed.has(id);
  if (!isShown) withheld.add(`footage/${id}/pictures`, 'unjudged');
  const isByHand = withheld.isByHand(`footage/${id}/pictures`);
  return footagePictures.flatMap((kind): StoredPicture[] => {
    const isEnrolled = kind === 'enrolled';
    if (isByHand || (isEnrolled ? !own.has(personId) : !isShown)) return [];
    const jpeg = sources.footage.found.picture(id, kind);
    return [{ path: sightingPicturePath(id, kind), jpeg, place: middle, kind, models }];
  });
}
