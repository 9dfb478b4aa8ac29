import { useId, useRef } from 'preact/hooks';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Picture } from '../kit/picture.tsx';
import { arrowOf } from './arrow-keys.ts';
import { changeShape, type Drawing, selectShape } from './drawing.ts';
import { FaceSizeBoxes, FaceSizeHandles, useFaceSizeDrag } from './face-size-boxes.tsx';
import type { FaceSizeDraft } from './face-size-draft.ts';
import { Hatches } from './hatches.tsx';
import { nameOfShape } from './shape-names.ts';
import { halfWay, type Point, withCorner, withCornerAfter, withoutCorner } from './shapes.ts';
import { type Tool, useStagePointer } from './use-stage-pointer.ts';

export interface SceneStageProps {
  readonly picture: Blob;
  /** Pixels of the camera's picture. */
  readonly size: { readonly width: number; readonly height: number };
  readonly alt: string;
  readonly tool: Tool;
  /** What can be changed on it now. */
  readonly edits: 'shapes' | 'sizes' | 'nothing';
  readonly drawing: Drawing;
  readonly onDrawing: (change: (drawing: Drawing) => Drawing) => void;
  readonly faceSize: FaceSizeDraft;
  readonly onFaceSize: (faceSize: FaceSizeDraft) => void;
}

/** Width of what is drawn over the picture, in its own units. */
const drawnWidth = 1000;
/** Step of an arrow key, share of the picture. */
const step = 0.005;

/** The camera's picture with zones, masks and sizes of faces, drawn and moved on it. */
export function SceneStage(props: SceneStageProps) {
  const { picture, size, alt, tool, edits, drawing, onDrawing, faceSize, onFaceSize } = props;
  const stage = useRef<HTMLDivElement>(null);
  const drawnTool = edits === 'shapes' ? tool : 'move';
  const pointer = useStagePointer({ stage, tool: drawnTool, drawing, onDrawing });
  const sizes = useFaceSizeDrag({ stage, size, faceSize, onFaceSize });
  const height = (drawnWidth * size.height) / size.width;
  const handlers = {
    shapes: {
      onPointerDown: pointer.begin,
      onPointerMove: pointer.move,
      onPointerUp: pointer.end,
      onPointerCancel: pointer.end,
    },
    sizes: { onPointerMove: sizes.move, onPointerUp: sizes.end, onPointerCancel: sizes.end },
    nothing: {},
  }[edits];
  return (
    <div ref={stage} class="scene-stage" tabIndex={-1} data-tool={drawnTool} {...handlers}>
      <Picture source={picture} alt={alt} class="test-image" kind="scene" />
      <svg viewBox={`0 0 ${drawnWidth} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <Shapes
          drawing={drawing}
          height={height}
          pointer={pointer.pointer}
          rectangle={pointer.rectangle}
          onHold={edits === 'shapes' ? pointer.beginShape : undefined}
        />
        <FaceSizeBoxes
          faceSize={faceSize}
          centre={sizes.centre}
          scale={drawnWidth / size.width}
          drawn={{ width: drawnWidth, height }}
          onHold={edits === 'sizes' ? sizes.beginBox : undefined}
        />
      </svg>
      {edits === 'shapes' && drawing.sketch === null && (
        <Handles drawing={drawing} onDrawing={onDrawing} onHold={pointer.beginCorner} />
      )}
      {edits === 'sizes' && (
        <FaceSizeHandles
          faceSize={faceSize}
          size={size}
          centre={sizes.centre}
          onHold={sizes.beginCorner}
          onFaceSize={onFaceSize}
        />
      )}
    </div>
  );
}

interface ShapesProps {
  readonly drawing: Drawing;
  readonly height: number;
  readonly pointer: Point | undefined;
  readonly rectangle: readonly Point[] | undefined;
  readonly onHold: ((event: PointerEvent, at: number) => void) | undefined;
}

function Shapes({ drawing, height, pointer, rectangle, onHold }: ShapesProps) {
  const id = useId();
  const { shapes, selected, sketch } = drawing;
  const place = ({ x, y }: Point) => `${x * drawnWidth},${y * height}`;
  const path = (points: readonly Point[]) => points.map(place).join(' ');
  const zones = shapes.filter(({ role }) => role === 'zone');
  const fill = (role: string) => `url(#${id}-${role})`;
  const next = sketch === null || pointer === undefined ? [] : [pointer];
  return (
    <>
      <defs>
        <Hatches id={id} />
        <mask id={`${id}-outside`}>
          <rect width={drawnWidth} height={height} fill="#fff" />
          {zones.map(({ points }, at) => (
            <polygon key={at} points={path(points)} fill="#000" />
          ))}
        </mask>
      </defs>
      {zones.length > 0 && (
        <rect
          class="scene-outside"
          width={drawnWidth}
          height={height}
          mask={`url(#${id}-outside)`}
        />
      )}
      {shapes.map(({ role, points }, at) => (
        <polygon
          key={at}
          class={`scene-shape scene-${role}`}
          points={path(points)}
          fill={fill(role)}
          data-selected={at === selected}
          {...(onHold && { onPointerDown: (event: PointerEvent) => onHold(event, at) })}
        />
      ))}
      {rectangle !== undefined && (
        <polygon class="scene-shape scene-mask" points={path(rectangle)} fill={fill('mask')} />
      )}
      {sketch !== null && (
        <g class={`scene-sketch scene-${sketch.role}`}>
          <polyline points={path([...sketch.points, ...next])} />
          {sketch.points.map((point, at) => (
            <circle
              key={at}
              cx={point.x * drawnWidth}
              cy={point.y * height}
              r={at === 0 ? 11 : 6}
              data-first={at === 0}
            />
          ))}
        </g>
      )}
    </>
  );
}

interface HandlesProps {
  readonly drawing: Drawing;
  readonly onDrawing: SceneStageProps['onDrawing'];
  readonly onHold: (event: PointerEvent, at: number, corner: number) => void;
}

/** What the selected shape is held by: its corners, and between them where a corner can be added. */
function Handles({ drawing, onDrawing, onHold }: HandlesProps) {
  const at = drawing.selected;
  const shape = at === null ? undefined : drawing.shapes[at];
  if (at === null || shape === undefined) return null;
  const name = nameOfShape(drawing.shapes, at);
  const place = ({ x, y }: Point) => ({ left: `${x * 100}%`, top: `${y * 100}%` });
  return (
    <>
      {shape.form === 'polygon' &&
        shape.points.map((_, corner) => (
          <span
            key={`between-${corner}`}
            class="scene-between"
            style={place(halfWay(shape.points, corner))}
            onPointerDown={(event) => {
              onDrawing((now) => changeShape(now, at, withCornerAfter(shape, corner)));
              onHold(event, at, corner + 1);
            }}
          />
        ))}
      {shape.points.map((point, corner) => (
        <button
          key={corner}
          type="button"
          class="scene-corner"
          data-role={shape.role}
          data-chosen={corner === drawing.corner}
          style={place(point)}
          aria-label={t('scene.corner', {
            corner: corner + 1,
            area: name,
            x: formatNumber(point.x * 100, 1),
            y: formatNumber(point.y * 100, 1),
          })}
          onFocus={() => onDrawing((now) => selectShape(now, at, corner))}
          onPointerDown={(event) => onHold(event, at, corner)}
          onKeyDown={(event) => {
            const arrow = arrowOf(event);
            if (arrow === undefined && event.key !== 'Delete') return;
            event.preventDefault();
            const [dx, dy] = arrow ?? [0, 0];
            const to = { x: point.x + dx * step, y: point.y + dy * step };
            const changed =
              arrow === undefined ? withoutCorner(shape, corner) : withCorner(shape, corner, to);
            onDrawing((now) => changeShape(now, at, changed));
          }}
        />
      ))}
    </>
  );
}
