import { NightglassError } from '../domain/errors.ts';
import type { FrameLedger } from '../domain/frame/ledger.ts';
import { componentNames } from '../domain/quality/component-report.ts';
import type { QualityComponent } from '../domain/quality/quality.ts';
import type {
  CameraDetail,
  CameraView,
  PreviewService,
} from '../services/cameras/cameras-service.ts';
import type { CameraActivity } from '../telemetry/camera-activity.ts';
import type { CameraPreview, CameraSet } from './camera-set.ts';

/** Cameras as the gateway lists them. */
export function cameraViews(
  cameras: CameraSet,
  activity: Pick<CameraActivity, 'motion'>,
): CameraView[] {
  return cameras.list().map(({ wanted, status, preview }) => ({
    id: wanted.id,
    name: wanted.name,
    status,
    motion: activity.motion(wanted.id),
    preview,
  }));
}

/** A camera with what it showed over the last few minutes; undefined when there is none. */
export function cameraDetail(
  cameras: CameraSet,
  id: string,
  from: { readonly activity: CameraActivity; readonly ledger: FrameLedger },
): CameraDetail | undefined {
  const { activity, ledger } = from;
  const view = cameraViews(cameras, activity).find((camera) => camera.id === id);
  const scene = cameras.list().find(({ wanted }) => wanted.id === id)?.wanted.scene;
  if (view === undefined || scene === undefined) return undefined;
  const recent = activity.recent(id);
  const rejected = Object.entries(recent.rejected).map(([reason, count]) => {
    const component = componentNames[reason as QualityComponent];
    return [component?.name ?? reason, count];
  });
  const drops = ledger.drops().filter(({ cameraId }) => cameraId === id);
  return {
    ...view,
    tracksActive: activity.tracksActive(id),
    scene,
    recent: { ...recent, rejected: Object.fromEntries(rejected) },
    framesMade: ledger.made().get(id) ?? 0,
    framesDropped: Object.fromEntries(drops.map(({ reason, count }) => [reason, count])),
  };
}

/** Previews as the gateway asks for them. */
export function previewService(cameras: CameraSet, isRemote = false): PreviewService {
  return {
    watch: (cameraId, onChunk, onEnd) =>
      previewOf(cameras, cameraId, isRemote).watch(onChunk, onEnd),
    watchCoded: (cameraId, sink) => previewOf(cameras, cameraId, isRemote).watchCoded(sink),
  };
}

/** @throws NightglassError `NOT_FOUND`, `PREVIEW_UNAVAILABLE` */
function previewOf(cameras: CameraSet, cameraId: string, isRemote: boolean): CameraPreview {
  const preview = cameras.preview(cameraId);
  if (preview === undefined) {
    throw new NightglassError('NOT_FOUND', `Cannot watch ${cameraId}: there is no such camera`);
  }
  if (preview === null) {
    const [why, hint] = isRemote
      ? ['another node pulls it, and no frame leaves a node', 'See docs/scale.md.']
      : ['preview is off', 'Set preview.enabled in the configuration.'];
    throw new NightglassError('PREVIEW_UNAVAILABLE', `Cannot watch ${cameraId}: ${why}`, { hint });
  }
  return preview;
}
