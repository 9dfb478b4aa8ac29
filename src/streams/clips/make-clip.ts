import { type ClipCodec, type ClipReason, clipCodecs, type NewClip } from '../../domain/clip.ts';
import type { EncodedPicture } from '../rtsp/encoded-picture.ts';
import type { Orientation } from '../shape/orientation.ts';
import { clipFaces } from './clip-faces.ts';
import type { Recording } from './clip-recorder.ts';
import { type ClipTimes, clipClock, clipTimes } from './mp4/clip-times.ts';
import { faceSamples } from './mp4/face-track.ts';
import { movieHead } from './mp4/movie.ts';
import { nalUnits, sizeOfUnits, unitKind, withLengths } from './mp4/nal-units.ts';
import { noSets, parameterSets, sampleEntry } from './mp4/sample-entry.ts';

/** Bytes looked through in one step: a millisecond or two. */
const stepBytes = 1024 * 1024;
/** Pictures shown before the key picture that they follow: so many at most. */
const maxLeading = 16;

/** What a picture is in the file. */
interface Sample {
  readonly picture: EncodedPicture;
  readonly units: readonly Buffer[];
}

/**
 * Puts the pictures of a camera into an MP4 file as they are, with the faces that were seen as a
 * track of text. Work is done in steps.
 * @returns why there can be none, where there can be none
 */
export function* makeClip(
  recording: Recording,
  orientation: Orientation,
): Generator<void, NewClip | ClipReason> {
  const [first] = recording.pictures;
  const codec = clipCodecs.find((known) => known === first?.codec);
  if (first === undefined) return 'no_pictures';
  if (codec === undefined) return 'codec';
  const sets = codec === 'mjpeg' ? noSets : parameterSets(codec, nalUnits(first.data));
  const entry = sampleEntry(codec, codedSize(recording, orientation), sets);
  if (entry === null) return 'damaged';
  const { samples, isWhole } = yield* prepareSamples(
    codec,
    withoutLeading(recording.pictures),
    Object.values(sets).flat(),
  );
  const pictures = samples.map(({ picture }) => picture);
  const times = clipTimes(pictures);
  const faces = clipFaces(pictures, times, recording.faces, recording.trackId);
  const texts = faceSamples(faces);
  const sizes = samples.map(({ units }) =>
    codec === 'mjpeg' ? (units[0]?.length ?? 0) : sizeOfUnits(units),
  );
  const keys = pictures.flatMap(({ key }, at) => (key ? [at] : []));
  const head = movieHead(
    { entry, ...codedSize(recording, orientation), ...orientation, times, sizes, keys },
    texts,
  );
  function* file(): Generator<Buffer> {
    yield head;
    for (const { data } of texts) yield data;
    for (const { units } of samples) yield* codec === 'mjpeg' ? units : withLengths(units);
  }
  const body = [...sizes, ...texts.map(({ data }) => data.length)];
  return {
    clip: {
      state: 'ready',
      ...said(recording, first, times),
      bytes: head.length + body.reduce((sum, size) => sum + size, 0),
      codec,
      // A camera that changes its picture begins another recording.
      cut: recording.cut ?? (isWhole ? null : 'camera'),
    },
    faces,
    file: { [Symbol.iterator]: file },
  };
}

function said({ from }: Recording, first: EncodedPicture, times: ClipTimes) {
  return {
    startedAt: times.startedAt,
    duration: Math.round((times.duration * 1000) / clipClock),
    lead: Math.max(0, Math.round(from - first.arrivedMonotonic)),
  };
}

/** What of each picture goes into the file: up to where the camera codes another kind of picture. */
function* prepareSamples(
  codec: ClipCodec,
  pictures: readonly EncodedPicture[],
  sets: readonly Buffer[],
): Generator<void, { readonly samples: readonly Sample[]; readonly isWhole: boolean }> {
  const samples: Sample[] = [];
  const isKnown = (unit: Buffer) => sets.some((set) => set.equals(unit));
  let looked = 0;
  for (const picture of pictures) {
    if (picture.codec !== codec) return { samples, isWhole: false };
    if (codec === 'mjpeg') {
      samples.push({ picture, units: [picture.data] });
      continue;
    }
    const units: Buffer[] = [];
    for (const unit of nalUnits(picture.data)) {
      const kind = unitKind(codec, unit);
      if (kind === 'sequence' && !isKnown(unit)) return { samples, isWhole: false };
      if (kind !== 'delimiter' && (kind === 'data' || !isKnown(unit))) units.push(unit);
    }
    if (units.length > 0) samples.push({ picture, units });
    looked += picture.data.length;
    if (looked < stepBytes) continue;
    looked = 0;
    yield;
  }
  return { samples, isWhole: true };
}

/** Without pictures shown before the first key picture: they need what came before it. */
function withoutLeading(pictures: readonly EncodedPicture[]): readonly EncodedPicture[] {
  const [first] = pictures;
  return pictures.filter(
    ({ timestamp, clockRate }, at) =>
      at === 0 ||
      at > maxLeading ||
      first === undefined ||
      timestamp >= first.timestamp ||
      timestamp < first.timestamp - clockRate,
  );
}

function codedSize(
  { size: { width, height } }: Recording,
  { rotate }: Orientation,
): { readonly width: number; readonly height: number } {
  const isTurned = rotate === 90 || rotate === 270;
  return isTurned ? { width: height, height: width } : { width, height };
}
