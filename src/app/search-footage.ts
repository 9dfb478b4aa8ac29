import { EMPTY, lastValueFrom } from 'rxjs';
import { isNightglassError, type NightglassError } from '../domain/errors.ts';
import { type FilePosition, type FootageFigures, noFigures } from '../domain/footage.ts';
import type { Frame } from '../domain/frame/frame.ts';
import { FrameLedger } from '../domain/frame/ledger.ts';
import { PartShare } from '../domain/part-share.ts';
import type { AlertStore } from '../domain/raised-alert.ts';
import { Backlog } from '../operators/backlog.ts';
import { pullFrames } from '../operators/pull-frames.ts';
import { footageCamera } from '../services/footage/footage-sightings.ts';
import { footageFrames } from '../streams/recorded/footage.ts';
import { MediaClock } from '../streams/recorded/media-clock.ts';
import { FootageReader, type ReadingOptions } from '../streams/recorded/reader/footage-reader.ts';
import { analyse } from './analyse.ts';
import type { AnalysisListener, AnalysisPorts, AnalysisSettings } from './analysis-contract.ts';
import { countedPictures, type ReadingFailure } from './counted-pictures.ts';

/**
 * Looks at pictures in which nothing moves become as rare where they find nobody, milliseconds: at a
 * small picture one takes as long as decoding two seconds of it.
 */
const lookAtLeastEvery = 4_000;
/** Frames of a file under way at once beside those in detection: behind and before it. */
const besideLooks = 4;
/**
 * Pictures decoded ahead of those: while one is looked at, some twenty of a small size are decoded.
 * Of large ones fewer, so that they take no more than so many bytes.
 */
const ahead = { least: 2, most: 32, bytes: 48 * 2 ** 20 };

export interface FileToSearch {
  readonly path: string;
  /** Wall time of its beginning, milliseconds; null where that is not known. */
  readonly start: number | null;
  /** Which file it must be, see `identityOf`; default: whatever stands there. */
  readonly identity?: string | undefined;
}

export interface SearchFootageOptions {
  readonly files: readonly FileToSearch[];
  readonly settings: Omit<AnalysisSettings, 'cameraId'>;
  readonly ports: Omit<AnalysisPorts, 'clock' | 'partShare' | 'alertStore' | 'listChanges$'>;
  readonly sightings: AlertStore;
  /** How far each file was searched: where it goes on, and moved along. */
  readonly positions: FilePosition[];
  /** What was gone through before. */
  readonly before?: FootageFigures | undefined;
  /** Files that are read side by side. */
  readonly atOnce: number;
  /** Decoder threads a file. */
  readonly decoderThreads: number;
  /** Pictures of a file in which faces are looked for at once; default 2. */
  readonly looksAtOnce?: number;
  /** Key pictures alone, see `lookQuickly`. */
  readonly keysOnly?: boolean;
  /** What was found up to then stands. */
  readonly signal: AbortSignal;
  readonly onProgress?: (figures: FootageFigures) => void;
  /**
   * Told of a file that cannot be read (any more), or is another one by now: it is left where it is,
   * and the others are searched. Default: it ends the search.
   */
  readonly onUnreadable?: (index: number, error: NightglassError) => void;
}

/**
 * Searches recorded footage by the operators, models and settings of live cameras; where a camera
 * drops, a recording waits. What is found goes to `sightings`.
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED`, `CONFLICT` for a file that was
 *   replaced, `FOOTAGE_STALLED` where a thread hangs in a disk, `INFERENCE_*`
 */
export async function searchFootage(options: SearchFootageOptions): Promise<FootageFigures> {
  const { files, atOnce, signal } = options;
  const figures: FootageFigures = { ...noFigures(), ...options.before };
  const ledger = new FrameLedger();
  // What fails ends the others, too.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const waiting = files.keys();
  const work = async () => {
    let reader = new FootageReader();
    try {
      for (const index of waiting) {
        if (either.aborted) return;
        await searchOrLeave(index, { ...options, signal: either }, { figures, ledger, reader });
        if (!reader.isLost) continue;
        // One that hangs ends the search: others would hang in its place.
        await reader[Symbol.asyncDispose]();
        reader = new FootageReader();
      }
    } finally {
      await reader[Symbol.asyncDispose]();
    }
  };
  const workers = Array.from({ length: Math.min(atOnce, files.length) }, () =>
    work().catch((error: unknown) => {
      failed.abort();
      throw error;
    }),
  );
  const ended = await Promise.allSettled(workers);
  for (const { reason, count } of ledger.drops()) if (reason === 'busy') figures.lost += count;
  const failure = ended.find((each) => each.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return figures;
}

/** What a file is searched with. */
interface FileWork {
  readonly figures: FootageFigures;
  readonly ledger: FrameLedger;
  readonly reader: FootageReader;
}

async function searchOrLeave(
  index: number,
  options: SearchFootageOptions,
  work: FileWork,
): Promise<void> {
  const reading: ReadingFailure = { error: null };
  try {
    await searchFile(index, options, work, reading);
  } catch (error) {
    const { error: failure } = reading;
    if (options.onUnreadable === undefined || !isNightglassError(failure)) throw error;
    if (options.signal.aborted) return;
    options.onUnreadable(index, failure);
  }
}

async function searchFile(
  index: number,
  options: SearchFootageOptions,
  { figures, ledger, reader }: FileWork,
  reading: ReadingFailure,
): Promise<void> {
  const { path, start, identity } = options.files[index] as FileToSearch;
  const { positions, settings, ports, sightings, signal, decoderThreads: threads } = options;
  const { keysOnly = false } = options;
  const { inFlight, looksAtOnce } = underWay(options);
  const position = positions[index] ?? { seconds: 0, done: false };
  if (position.done) return;
  const from = goesOnAt(position) * 1_000;
  // What is looked at again counts once.
  figures.seconds -= position.seconds - from / 1_000;
  const cameraId = footageCamera(index);
  const startAt = start ?? 0;
  const clock = new MediaClock(startAt);
  const backlog = new Backlog();
  let last = from;
  const order: ReadingOptions = {
    ...{ path, identity, threads, signal, from, keysOnly, rate: settings.rate },
    held: { ...ahead, least: inFlight + ahead.least, most: inFlight + ahead.most },
    onEnd({ decoded, damaged }, mediaTime) {
      figures.frames += decoded;
      figures.damaged += damaged;
      passed(mediaTime);
    },
  };
  const pictures = countedPictures(reader.read(order), figures, reading);
  const frames = footageFrames(pictures, { cameraId, ledger, clock, startAt, signal });
  const raised$ = analyse(
    pullFrames(timed(frames, clock, advanced), { inFlight, backlog }),
    ofRecording(settings, cameraId),
    {
      ...ports,
      clock,
      // A recording waits: all closer looks are granted, however far the detector is behind.
      partShare: new PartShare({
        total: inFlight * settings.scene.motion.closer,
        clock: { monotonic: () => 0 },
      }),
      alertStore: sightings,
      listChanges$: EMPTY,
    },
    countIn(figures),
    { backlog, inFlight, looksAtOnce },
  );
  await lastValueFrom(raised$, { defaultValue: null });
  positions[index] = { seconds: last / 1_000, done: !signal.aborted };

  function advanced({ mediaTime }: Frame): void {
    figures.mostFrames = Math.max(figures.mostFrames, ledger.live);
    passed(mediaTime);
  }

  function passed(mediaTime: number): void {
    figures.seconds += Math.max(0, mediaTime - last) / 1_000;
    last = Math.max(last, mediaTime);
    positions[index] = { seconds: last / 1_000, done: false };
    options.onProgress?.(figures);
  }
}

/** A frame of a recording is never too old, and each track is a sighting of its own. */
function ofRecording(
  settings: SearchFootageOptions['settings'],
  cameraId: string,
): AnalysisSettings {
  const { scene } = settings;
  const motion = { ...scene.motion, lookAtLeastEvery };
  return {
    ...{ ...settings, cameraId, scene: { ...scene, motion } },
    ...{ maxAge: Number.POSITIVE_INFINITY, quietPeriod: 0, joinWithin: 0 },
  };
}

/** Seconds before the place where a search ended, so that nothing of what was under way is missed. */
const again = 10;

/** From which second on a file is searched when it is gone on with. */
export function goesOnAt({ seconds }: FilePosition): number {
  return Math.max(0, seconds - again);
}

/**
 * Frames of a file under way at once, and in detection. Whether a picture is looked at hangs on what
 * was found in those before it: a face that a single look found must be known of before its track
 * is given up.
 */
function underWay({ settings, looksAtOnce = 2 }: SearchFootageOptions) {
  const { rate, maxOcclusion } = settings;
  const most = Math.max(4, Math.floor((0.75 * rate * maxOcclusion) / 1_000));
  const inFlight = Math.min(looksAtOnce + besideLooks, most);
  return { inFlight, looksAtOnce: Math.min(looksAtOnce, inFlight - 2) };
}

/** The frames; their time passes with them. */
async function* timed(
  frames: AsyncIterable<Frame>,
  clock: MediaClock,
  advanced: (frame: Frame) => void,
): AsyncGenerator<Frame, void, undefined> {
  for await (const frame of frames) {
    clock.advanceTo(Math.round(frame.mediaTime));
    advanced(frame);
    yield frame;
  }
}

const nothing = () => undefined;

/** Counts what leaves the stages; what fails ends the search. */
function countIn(figures: FootageFigures): AnalysisListener {
  return {
    stages: { age: nothing, duration: nothing },
    follower: null,
    left: {
      detect({ look }) {
        if (look !== 'still') figures.looked += 1;
      },
      quality({ frame, faces }) {
        if (frame !== null) figures.faces += faces.length;
      },
      fuse({ kind }) {
        if (kind === 'keyframe') figures.keyframes += 1;
      },
      pool(event) {
        if (event.kind === 'template' && event.template.keyframes === 1) figures.tracks += 1;
      },
    },
    rejected(_, reason) {
      if (reason === 'busy') figures.lost += 1;
    },
    parts: nothing,
    split: nothing,
    tracks: nothing,
    failed(_, __, error) {
      throw error;
    },
  };
}
