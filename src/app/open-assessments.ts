import type { StreamMeasures } from '../domain/assessment/causes.ts';
import type { CameraStatus } from '../domain/camera-status.ts';
import { Assessments } from '../services/cameras/assessments.ts';
import { AssessmentTable } from '../store/assessment-table.ts';
import type { CameraSet } from './camera-set.ts';
import type { Foundation } from './foundation.ts';
import type { Models } from './open-models.ts';
import type { Records } from './open-records.ts';
import { recognitionFigures } from './recognition-figures.ts';

/** Opens the assessments of cameras; those that ran when the program ended go on. */
export function openAssessments(
  { clock, log, resources }: Foundation,
  { audit, store }: Records,
  { inference }: Models,
  cameras: () => Pick<CameraSet, 'list'>,
): Assessments {
  const assessments = new Assessments({
    store,
    audit,
    clock,
    table: new AssessmentTable(store),
    figures: recognitionFigures(),
    recogniser: inference.stamps().find(({ task }) => task === 'embed')?.sha256,
    stream(cameraId) {
      const camera = cameras()
        .list()
        .find(({ wanted }) => wanted.id === cameraId);
      return camera === undefined ? nothingKnown : streamMeasures(camera.status);
    },
    onError: (error) => log.warn({ err: error }, 'An assessment cannot be written now'),
  });
  resources.defer(() => assessments.close());
  return assessments;
}

const nothingKnown: StreamMeasures = { frameRate: null, bitsPerPixel: null };

/** What a camera's status says of its stream. */
function streamMeasures({ framesPerSecond, state, stream, video }: CameraStatus): StreamMeasures {
  if (state !== 'live' || framesPerSecond === undefined || framesPerSecond <= 0) {
    return nothingKnown;
  }
  const pixelRate = (video?.width ?? 0) * (video?.height ?? 0) * framesPerSecond;
  const bitRate = (stream?.bytesPerSecond ?? 0) * 8;
  return {
    frameRate: framesPerSecond,
    bitsPerPixel: pixelRate > 0 && bitRate > 0 ? bitRate / pixelRate : null,
  };
}
