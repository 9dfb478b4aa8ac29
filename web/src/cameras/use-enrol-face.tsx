import type { ComponentChildren, ComponentType, RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Camera, Face } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import type { Shown } from '../live/detection-buffer.ts';
import { facesOfPicture } from '../live/faces-of-picture.ts';
import { mayAs } from '../page/navigation.tsx';
import type { EnrolFaceDialogProps } from '../watchlists/enrol-face-dialog.tsx';
import { cutOf, faceAt } from './face-at.ts';

export interface EnrolFace {
  /** Takes the picture of a face that is on the screen now; undefined where the visitor may not. */
  readonly take: ((face: Face, shown: Pick<Shown, 'detection'>) => void) | undefined;
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
  const may = mayAs(dashboard.session, 'admin') && camera !== undefined;

  const take: EnrolFace['take'] = (face, { detection }) => {
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
      // No picture is on the screen any more: there is nothing to enrol.
      () => undefined,
    );
  };

  useEffect(() => {
    const element = room.current;
    if (!may || camera === undefined || element === null) return undefined;
    // The whole tile is a link, which lies over the picture.
    const target = element.closest('.tile') ?? element;
    const clicked = (event: Event) => {
      if (!(event instanceof MouseEvent)) return;
      const { left, top, width, height } = element.getBoundingClientRect();
      const clock = dashboard.videoClock(camera.id);
      const delay = dashboard.boxDelay.value;
      const detections = dashboard.detections(camera.id);
      const shown = facesOfPicture(detections, clock, delay, performance.now());
      if (shown === undefined) return;
      const point = { x: event.clientX - left, y: event.clientY - top };
      const face = faceAt({ width, height }, shown.detection, shown.faces, point);
      if (face === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      take(face, shown);
    };
    target.addEventListener('click', clicked, true);
    return () => target.removeEventListener('click', clicked, true);
  }, [dashboard, camera?.id, camera?.name, may]);

  return {
    take: may ? take : undefined,
    dialog: file !== undefined && Dialog !== undefined && (
      <Dialog.of source={{ from: 'file', file }} onClose={() => setFile(undefined)} />
    ),
  };
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
