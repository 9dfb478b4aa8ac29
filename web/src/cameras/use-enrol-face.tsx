import type { ComponentChildren, ComponentType, RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Camera, Face } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import type { Shown } from '../live/detection-buffer.ts';
import { facesOfPicture } from '../live/faces-of-picture.ts';
import { mayAs } from '../page/navigation.tsx';
import type { EnrolFaceDialogProps } from '../watchlists/enrol-face-dialog.tsx';
import { cutOf, faceAt } from './face-at.ts';

/** How long a face is waited for that is about to be seen; a busy machine shows its video seconds late. */
const patienceMs = 8_000;

export interface EnrolFace {
  /** Takes the picture of a track's face, once the video shows it; undefined where the visitor may not. */
  readonly take: ((trackId: string) => void) | undefined;
  /** To be rendered: the dialog, while a picture is taken. */
  readonly dialog: ComponentChildren;
}

/**
 * Enrols a face of a camera's live picture: a click on it cuts it out of what is on the screen,
 * and asks for list and name. Elsewhere a click does what it did.
 * @param room holds the video and its boxes
 */
export function useEnrolFace(
  camera: Pick<Camera, 'id' | 'name'> | undefined,
  room: RefObject<HTMLElement>,
): EnrolFace {
  const dashboard = useDashboard();
  const [file, setFile] = useState<File>();
  const [Dialog, setDialog] = useState<{ readonly of: ComponentType<EnrolFaceDialogProps> }>();
  const [missed, setMissed] = useState(false);
  const may = mayAs(dashboard.session, 'admin') && camera !== undefined;

  /** The faces of the picture that is on the screen. */
  const onScreen = (cameraId: string) => {
    const [clock, delay] = [dashboard.videoClock(cameraId), dashboard.boxDelay.value];
    return facesOfPicture(dashboard.detections(cameraId), clock, delay, performance.now());
  };

  const cutOut = (face: Face, { detection }: Shown) => {
    const canvas = room.current?.querySelector<HTMLCanvasElement>('.tile-canvas');
    if (canvas == null || camera === undefined) return;
    const name = `${camera.name}, ${formatDateTime(detection.capturedAt)}.jpg`;
    // The picture first: the code of the dialog comes later than the next picture.
    const cut = pictureOf(canvas, face, detection, name);
    void Promise.all([cut, import('../watchlists/enrol-face-dialog.tsx')]).then(
      ([picture, { EnrolFaceDialog }]) => {
        setDialog({ of: EnrolFaceDialog });
        setFile(picture);
      },
      () => setMissed(true),
    );
  };

  /** The video is behind what is known of the camera: the face may be about to come into it. */
  const take = (trackId: string) => {
    if (camera === undefined) return;
    setMissed(false);
    const until = performance.now() + patienceMs;
    const look = () => {
      const shown = onScreen(camera.id);
      const face = shown?.faces.find((each) => each.trackId === trackId);
      if (shown !== undefined && face !== undefined) cutOut(face, shown);
      else if (performance.now() < until) requestAnimationFrame(look);
      else setMissed(true);
    };
    look();
  };

  useEffect(() => {
    const element = room.current;
    if (!may || camera === undefined || element === null) return undefined;
    // The whole tile is a link, which lies over the picture.
    const target = element.closest('.tile') ?? element;
    const clicked = (event: Event) => {
      if (!(event instanceof MouseEvent)) return;
      const { left, top, width, height } = element.getBoundingClientRect();
      const shown = onScreen(camera.id);
      if (shown === undefined) return;
      const point = { x: event.clientX - left, y: event.clientY - top };
      const face = faceAt({ width, height }, shown.detection, shown.faces, point);
      if (face === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      setMissed(false);
      cutOut(face, shown);
    };
    target.addEventListener('click', clicked, true);
    return () => target.removeEventListener('click', clicked, true);
  }, [dashboard, camera?.id, camera?.name, may]);

  return {
    take: may ? take : undefined,
    dialog: missed ? (
      <Missed />
    ) : (
      file !== undefined &&
      Dialog !== undefined && (
        <Dialog.of source={{ from: 'file', file }} onClose={() => setFile(undefined)} />
      )
    ),
  };
}

function Missed() {
  return (
    <p class="failure" role="alert">
      {t('wall.enrolMissed')}
    </p>
  );
}

/** The face as the video shows it, with a margin, JPEG. */
async function pictureOf(
  canvas: HTMLCanvasElement,
  face: Face,
  detection: Shown['detection'],
  name: string,
): Promise<File> {
  const bitmap = await createImageBitmap(canvas);
  const { x, y, width, height } = cutOf(face, detection, bitmap);
  const cut = new OffscreenCanvas(width, height);
  cut.getContext('2d')?.drawImage(bitmap, -x, -y);
  bitmap.close();
  const blob = await cut.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
  return new File([blob], name, { type: 'image/jpeg' });
}
