import { stat } from 'node:fs/promises';
import { lastValueFrom, tap, toArray } from 'rxjs';
import { recognise } from '../../src/app/analyse.ts';
import type {
  AnalysisListener,
  AnalysisSettings,
  FacePorts,
} from '../../src/app/analysis-contract.ts';
import { createStages } from '../../src/app/stage.ts';
import type { Gathered } from '../../src/domain/assessment/gathered.ts';
import { AssessmentGatherer } from '../../src/domain/assessment/gatherer.ts';
import type { RecognitionFigures } from '../../src/domain/assessment/recognition.ts';
import { NightglassError } from '../../src/domain/errors.ts';
import type { Frame } from '../../src/domain/frame/frame.ts';
import { FrameLedger } from '../../src/domain/frame/ledger.ts';
import { PartShare } from '../../src/domain/part-share.ts';
import { Backlog } from '../../src/operators/backlog.ts';
import { pullFrames } from '../../src/operators/pull-frames.ts';
import { type FileFacts, openFile } from '../../src/streams/recorded/file-source.ts';
import { MediaClock } from '../../src/streams/recorded/media-clock.ts';
import { openFolder } from '../replay/folder-source.ts';

export interface AssessFootageOptions {
  /** Video files, and folders of pictures, one after the other. */
  readonly paths: readonly string[];
  readonly ports: Omit<FacePorts, 'clock' | 'partShare'>;
  readonly settings: AnalysisSettings;
  readonly figures: RecognitionFigures;
  /** What was gathered up to then stands. */
  readonly signal?: AbortSignal;
  /** Of all footage, 0..1. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Gathers from recorded footage what an assessment needs, by the operators and models of the live
 * path, with back-pressure in the place of dropping. Nothing is matched or kept.
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED`, `INFERENCE_*`
 */
export async function assessFootage(options: AssessFootageOptions): Promise<Gathered> {
  const { paths, figures, signal, onProgress } = options;
  const gatherer = new AssessmentGatherer(figures.tracks);
  for (const [index, path] of paths.entries()) {
    if (signal?.aborted) break;
    const share = (of: number) => onProgress?.((index + Math.min(1, of)) / paths.length);
    await assessOne(path, options, gatherer, share);
  }
  return gatherer.gathered;
}

async function assessOne(
  path: string,
  { ports, settings, signal }: AssessFootageOptions,
  gatherer: AssessmentGatherer,
  onProgress: (share: number) => void,
): Promise<void> {
  const { cameraId, rate } = settings;
  const clock = new MediaClock(Date.now());
  const ledger = new FrameLedger();
  const backlog = new Backlog();
  const listener = listenerFor(gatherer);
  let seconds = Number.POSITIVE_INFINITY;
  const onStream = (facts: FileFacts) => {
    seconds = facts.seconds ?? seconds;
    gatherer.stream(facts);
  };
  const source = { path, cameraId, ledger, clock, ...(signal && { signal }) };
  const frames = (await isFolder(path)) ? openFolder(source) : openFile({ ...source, onStream });
  const stages = createStages(cameraId, clock, listener);
  const all = { ...ports, clock, partShare: new PartShare({ total: partsAtOnce, clock }) };
  await lastValueFrom(
    pullFrames(paced(frames, clock), { maxRate: rate, backlog }).pipe(
      tap(({ mediaTime }) => onProgress(mediaTime / 1_000 / seconds)),
      recognise(settings, all, listener, { stages, backlog }),
      toArray(),
    ),
  );
}

/** Closer looks under way at once, as of live cameras. */
const partsAtOnce = 12;

/** The frames; their time passes with them. */
async function* paced(
  frames: AsyncIterable<Frame>,
  clock: MediaClock,
): AsyncGenerator<Frame, void, undefined> {
  for await (const frame of frames) {
    clock.advanceTo(Math.round(frame.mediaTime));
    yield frame;
  }
}

/** Tells the gatherer of what leaves the stages; what fails ends the assessment. */
function listenerFor(gatherer: AssessmentGatherer): AnalysisListener {
  return {
    stages: { age: () => undefined, duration: () => undefined },
    follower: null,
    left: {
      motion({ brightness, time }) {
        if (brightness !== null) gatherer.scene(brightness, time);
      },
      quality: (graded) => gatherer.graded(graded),
      fuse: (event) => gatherer.event(event),
    },
    rejected: () => undefined,
    parts: () => undefined,
    split: () => undefined,
    tracks: () => undefined,
    failed(_, stage, error) {
      throw new NightglassError('INFERENCE_FAILED', `Cannot assess: the stage ${stage} failed`, {
        cause: error,
      });
    },
  };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Whatever reads it says why it cannot.
    return false;
  }
}
