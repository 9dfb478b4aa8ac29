import type { EncodedPicture } from '../../rtsp/encoded-picture.ts';

/** Ticks a second of clips. */
export const clipClock = 90_000;
/** Time stamps may part from the arrival by this much, milliseconds, before they count as wrong. */
const tolerance = 3_000;

/** When the pictures of a clip are shown and decoded, in ticks of {@link clipClock}, in order of decoding. */
export interface ClipTimes {
  /** From 0. */
  readonly shown: readonly number[];
  /** How much later than decoded; never negative. */
  readonly delays: readonly number[];
  /** From one to the next decoding. */
  readonly spans: readonly number[];
  /** Of the first picture, before it is shown. */
  readonly delay: number;
  readonly duration: number;
  /** Wall time of the clip's start, milliseconds. */
  readonly startedAt: number;
}

/**
 * By the camera's own time stamps, which know no jitter of the network, as long as they agree with
 * the arrival; else by the arrival. Pictures come in the order of decoding, which is another than
 * that of showing where a camera sends B pictures.
 */
export function clipTimes(pictures: readonly EncodedPicture[]): ClipTimes {
  const stamped = byStamps(pictures);
  const shown = stamped ?? byArrival(pictures);
  const inOrder = shown.toSorted((a, b) => a - b);
  const delay = Math.max(...inOrder.map((time, at) => time - (shown[at] ?? 0)));
  const decoded = inOrder.map((time) => time - delay);
  const spans = decoded.map((time, at) => (decoded[at + 1] ?? Number.NaN) - time);
  const usual = spans.length > 1 ? (spans.at(-2) ?? 0) : clipClock / 25;
  spans[spans.length - 1] = usual;
  const starts = pictures
    .map(({ arrivedAt }, at) => arrivedAt - ((shown[at] ?? 0) * 1000) / clipClock)
    .sort((a, b) => a - b);
  return {
    shown,
    delays: shown.map((time, at) => time - (decoded[at] ?? 0)),
    spans,
    delay,
    duration: (inOrder.at(-1) ?? 0) + usual,
    startedAt: Math.round(starts[Math.floor(starts.length / 2)] ?? 0),
  };
}

/** Null where the stamps contradict the arrival or say the same twice. */
function byStamps(pictures: readonly EncodedPicture[]): number[] | null {
  const [first] = pictures;
  if (first === undefined) return [];
  const ticks = pictures.map(({ timestamp, clockRate }) =>
    Math.round(((timestamp - first.timestamp) * clipClock) / clockRate),
  );
  const least = Math.min(...ticks);
  const agrees = ticks.every((tick, at) => {
    const arrived = (pictures[at]?.arrivedMonotonic ?? 0) - first.arrivedMonotonic;
    return Math.abs((tick * 1000) / clipClock - arrived) < tolerance;
  });
  if (!agrees || new Set(ticks).size < ticks.length) return null;
  return ticks.map((tick) => tick - least);
}

function byArrival(pictures: readonly EncodedPicture[]): number[] {
  const start = pictures[0]?.arrivedMonotonic ?? 0;
  let last = -1;
  return pictures.map(({ arrivedMonotonic }) => {
    const tick = Math.round(((arrivedMonotonic - start) * clipClock) / 1000);
    last = Math.max(tick, last + 1);
    return last;
  });
}
