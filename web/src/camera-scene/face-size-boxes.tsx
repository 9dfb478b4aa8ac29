import { type MutableRef, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { arrowOf } from './arrow-keys.ts';
import {
  boundedSize,
  type FaceSizeDraft,
  type SizeLimit,
  sideOf,
  sizeOf,
} from './face-size-draft.ts';
import type { Point } from './shapes.ts';

const limits: readonly SizeLimit[] = ['largest', 'smallest'];

interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export interface FaceSizeDragOptions {
  readonly stage: MutableRef<HTMLDivElement | null>;
  readonly size: PictureSize;
  readonly faceSize: FaceSizeDraft;
  readonly onFaceSize: (faceSize: FaceSizeDraft) => void;
}

type Drag = { readonly limit: SizeLimit } | { readonly from: Point; readonly centre: Point };

/** What the pointer does with the two boxes: sizes one by its corner, moves both onto a face. */
export function useFaceSizeDrag({ stage, size, faceSize, onFaceSize }: FaceSizeDragOptions) {
  const drag = useRef<Drag>();
  const [centre, setCentre] = useState<Point>({ x: 0.5, y: 0.5 });

  function pointOf(event: PointerEvent): Point {
    const room = stage.current?.getBoundingClientRect();
    if (room === undefined) return centre;
    return {
      x: (event.clientX - room.left) / room.width,
      y: (event.clientY - room.top) / room.height,
    };
  }

  function hold(event: PointerEvent, what: Drag): void {
    if (event.button !== 0) return;
    event.stopPropagation();
    stage.current?.setPointerCapture(event.pointerId);
    drag.current = what;
  }

  function move(event: PointerEvent): void {
    const held = drag.current;
    if (held === undefined) return;
    const to = pointOf(event);
    if ('limit' in held) {
      const half = Math.max(
        Math.abs(to.x - centre.x) * size.width,
        Math.abs(to.y - centre.y) * size.height,
      );
      const value = boundedSize(held.limit, sizeOf(faceSize, 2 * half));
      onFaceSize({ ...faceSize, [held.limit]: value });
      return;
    }
    const share = (value: number) => Math.min(1, Math.max(0, value));
    setCentre({
      x: share(held.centre.x + to.x - held.from.x),
      y: share(held.centre.y + to.y - held.from.y),
    });
  }

  return {
    centre,
    beginCorner: (event: PointerEvent, limit: SizeLimit) => hold(event, { limit }),
    beginBox: (event: PointerEvent) => hold(event, { from: pointOf(event), centre }),
    move,
    end: () => {
      drag.current = undefined;
    },
  };
}

export interface FaceSizeBoxesProps {
  readonly faceSize: FaceSizeDraft;
  readonly centre: Point;
  /** Units of the drawing a pixel of the picture. */
  readonly scale: number;
  readonly drawn: PictureSize;
  readonly onHold: ((event: PointerEvent) => void) | undefined;
}

/** Smallest and largest face as boxes about one middle, with eyes where these are what counts. */
export function FaceSizeBoxes({ faceSize, centre, scale, drawn, onHold }: FaceSizeBoxesProps) {
  const [x, y] = [centre.x * drawn.width, centre.y * drawn.height];
  return (
    <>
      {limits.map((limit) => {
        const value = faceSize[limit];
        if (value === null) return null;
        const side = sideOf(faceSize, value) * scale;
        const eyes = faceSize.by === 'eyes' ? [-1, 1] : [];
        return (
          <g key={limit} class={`scene-size scene-size-${limit}`}>
            <rect
              x={x - side / 2}
              y={y - side / 2}
              width={side}
              height={side}
              data-held={onHold !== undefined}
              {...(onHold && { onPointerDown: onHold })}
            />
            {eyes.map((way) => (
              <circle
                key={way}
                cx={x + (way * value * scale) / 2}
                cy={y - side * 0.1}
                r={Math.max(2, side * 0.02)}
              />
            ))}
          </g>
        );
      })}
    </>
  );
}

export interface FaceSizeHandlesProps {
  readonly faceSize: FaceSizeDraft;
  readonly size: PictureSize;
  readonly centre: Point;
  readonly onHold: (event: PointerEvent, limit: SizeLimit) => void;
  readonly onFaceSize: (faceSize: FaceSizeDraft) => void;
}

/** What the boxes are sized by, with pointer or arrow keys. */
export function FaceSizeHandles(props: FaceSizeHandlesProps) {
  const { faceSize, size, centre, onHold, onFaceSize } = props;
  return (
    <>
      {limits.map((limit) => {
        const value = faceSize[limit];
        if (value === null) return null;
        const half = sideOf(faceSize, value) / 2;
        const share = (place: number) => `${Math.min(1, Math.max(0, place)) * 100}%`;
        return (
          <button
            key={limit}
            type="button"
            class="scene-corner"
            data-role={limit}
            style={{
              left: share(centre.x + half / size.width),
              top: share(centre.y + half / size.height),
            }}
            aria-label={t(`scene.${limit}Handle`, { count: value })}
            onPointerDown={(event) => onHold(event, limit)}
            onKeyDown={(event) => {
              const arrow = arrowOf(event);
              if (arrow === undefined) return;
              event.preventDefault();
              const [dx, dy] = arrow;
              onFaceSize({ ...faceSize, [limit]: boundedSize(limit, value + dx - dy) });
            }}
          />
        );
      })}
    </>
  );
}
