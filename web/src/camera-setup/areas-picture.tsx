import { useRef, useState } from 'preact/hooks';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Picture } from '../kit/picture.tsx';
import {
  type Area,
  between,
  cornersOf,
  isTooSmall,
  movedBy,
  oppositeOf,
  type Point,
  withCorner,
} from './areas.ts';

export interface AreasPictureProps {
  readonly picture: Blob;
  readonly alt: string;
  readonly areas: readonly Area[];
  readonly onChange: (areas: readonly Area[]) => void;
}

/** What the pointer holds: a new area from its first corner on, a corner, or a whole area. */
type Drag =
  | { readonly kind: 'new'; readonly from: Point }
  | { readonly kind: 'corner'; readonly area: number; readonly fixed: Point }
  | { readonly kind: 'area'; readonly area: number; readonly last: Point };

/** Steps of the arrow keys, with shift for more. */
const step = 0.01;
const bigStep = 0.05;

/** What the pointer does with the areas on a stage: draws, moves a corner, moves a whole area. */
function useDrawing(areas: readonly Area[], onChange: AreasPictureProps['onChange']) {
  const stage = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag>();
  const [drawn, setDrawn] = useState<Area>();

  function pointOf(event: PointerEvent): Point {
    const room = stage.current?.getBoundingClientRect();
    if (room === undefined) return { x: 0, y: 0 };
    return {
      x: (event.clientX - room.left) / room.width,
      y: (event.clientY - room.top) / room.height,
    };
  }
  const replace = (at: number, area: Area) => onChange(areas.with(at, area));

  function begin(event: PointerEvent, what: Drag): void {
    if (event.button !== 0) return;
    event.stopPropagation();
    stage.current?.setPointerCapture(event.pointerId);
    drag.current = what;
  }

  function move(event: PointerEvent): void {
    const held = drag.current;
    if (held === undefined) return;
    const to = pointOf(event);
    if (held.kind === 'new') {
      setDrawn(between(held.from, to));
      return;
    }
    if (held.kind === 'corner') {
      replace(held.area, between(held.fixed, to));
      return;
    }
    const area = areas[held.area];
    if (area === undefined) return;
    replace(held.area, movedBy(area, to.x - held.last.x, to.y - held.last.y));
    drag.current = { ...held, last: to };
  }

  function end(): void {
    const held = drag.current;
    drag.current = undefined;
    setDrawn(undefined);
    if (held?.kind === 'new' && drawn !== undefined && !isTooSmall(drawn)) {
      onChange([...areas, drawn]);
    }
  }

  return { stage, drawn, replace, pointOf, begin, move, end };
}

/** Rectangles over a picture: drawn by dragging, moved by their corners, by mouse and keyboard. */
export function AreasPicture({ picture, alt, areas, onChange }: AreasPictureProps) {
  const { stage, drawn, replace, pointOf, begin, move, end } = useDrawing(areas, onChange);
  return (
    <div
      ref={stage}
      class="area-stage"
      onPointerDown={(event) => begin(event, { kind: 'new', from: pointOf(event) })}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
    >
      <Picture source={picture} alt={alt} class="test-image" kind="areas" />
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {areas.map((area, at) => (
          <rect
            key={at}
            class="area"
            {...area}
            onPointerDown={(event) =>
              begin(event, { kind: 'area', area: at, last: pointOf(event) })
            }
          />
        ))}
        {drawn !== undefined && <rect class="area" {...drawn} />}
      </svg>
      {areas.map((area, at) =>
        cornersOf(area).map((point, corner) => (
          <Corner
            key={`${at}-${corner}`}
            area={at}
            corner={corner}
            point={point}
            onHold={(event) =>
              begin(event, { kind: 'corner', area: at, fixed: oppositeOf(area, corner) })
            }
            onMove={(dx, dy) =>
              replace(at, withCorner(area, corner, { x: point.x + dx, y: point.y + dy }))
            }
          />
        )),
      )}
    </div>
  );
}

interface CornerProps {
  readonly area: number;
  readonly corner: number;
  readonly point: Point;
  readonly onHold: (event: PointerEvent) => void;
  readonly onMove: (dx: number, dy: number) => void;
}

const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A corner to be held: by the pointer, or by arrow keys while it has the focus. */
function Corner({ area, corner, point, onHold, onMove }: CornerProps) {
  return (
    <button
      type="button"
      class="area-corner"
      style={{ left: `${point.x * 100}%`, top: `${point.y * 100}%` }}
      aria-label={t('cameras.corner', {
        corner: corner + 1,
        area: t('cameras.mask', { count: area + 1 }),
        x: formatNumber(point.x * 100, 0),
        y: formatNumber(point.y * 100, 0),
      })}
      onPointerDown={onHold}
      onKeyDown={(event) => {
        const direction = directions[event.key];
        if (direction === undefined) return;
        event.preventDefault();
        const by = event.shiftKey ? bigStep : step;
        onMove(direction[0] * by, direction[1] * by);
      }}
    />
  );
}
