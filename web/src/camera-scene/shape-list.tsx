import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { SelectField, TextField } from '../kit/field.tsx';
import { changeShape, type Drawing, removeShape, replaceShape, selectShape } from './drawing.ts';
import { nameOfShape } from './shape-names.ts';
import {
  faultOf,
  mostCorners,
  type Shape,
  withCorner,
  withCornerAfter,
  withoutCorner,
} from './shapes.ts';
import { Swatch } from './swatch.tsx';

export interface ShapeListProps {
  readonly drawing: Drawing;
  readonly readOnly: boolean;
  readonly onDrawing: (change: (drawing: Drawing) => Drawing) => void;
}

/** Zones and masks by name; of the selected one everything by fields, for who uses no pointer. */
export function ShapeList({ drawing, readOnly, onDrawing }: ShapeListProps) {
  const { shapes, selected } = drawing;
  if (shapes.length === 0) return <p class="muted">{t('scene.noShapes')}</p>;
  return (
    <ul class="shape-list">
      {shapes.map((shape, at) => {
        const name = nameOfShape(shapes, at);
        const isOpen = at === selected;
        const fault = faultOf(shape);
        return (
          <li key={at}>
            <div class="shape-head">
              <button
                type="button"
                class="shape-name"
                aria-expanded={isOpen}
                onClick={() => onDrawing((now) => selectShape(now, isOpen ? null : at))}
              >
                <Swatch kind={shape.role} />
                <bdi>{name}</bdi>
              </button>
              {!readOnly && (
                <Button
                  look="link"
                  aria-label={t('scene.remove', { area: name })}
                  onClick={() => onDrawing((now) => removeShape(now, at))}
                >
                  {t('forms.remove')}
                </Button>
              )}
            </div>
            {fault !== undefined && <p class="field-error">{t(`scene.fault_${fault}`)}</p>}
            {isOpen && <ShapeFields {...{ shape, at, name, drawing, readOnly, onDrawing }} />}
          </li>
        );
      })}
    </ul>
  );
}

interface ShapeFieldsProps extends ShapeListProps {
  readonly shape: Shape;
  readonly at: number;
  readonly name: string;
}

function ShapeFields({ shape, at, name, readOnly, drawing, onDrawing }: ShapeFieldsProps) {
  const change = (next: Shape) => onDrawing((now) => changeShape(now, at, next));
  return (
    <fieldset class="scene-fields stack" disabled={readOnly}>
      <legend class="visually-hidden">{name}</legend>
      {shape.role === 'zone' && (
        <div class="shape-zone">
          <TextField
            label={t('scene.zoneName')}
            value={shape.name}
            maxLength={100}
            onValue={(text) => onDrawing((now) => replaceShape(now, at, { ...shape, name: text }))}
          />
          <SelectField
            label={t('scene.zoneBy')}
            value={shape.by}
            options={(['face', 'foot'] as const).map((value) => ({
              value,
              label: t(`scene.zoneBy_${value}`),
            }))}
            onValue={(by) => change({ ...shape, by })}
          />
        </div>
      )}
      <Corners {...{ shape, name, change }} corner={drawing.corner} />
    </fieldset>
  );
}

interface CornersProps {
  readonly shape: Shape;
  readonly name: string;
  readonly corner: number;
  readonly change: (shape: Shape) => void;
}

/** Corners in percent of the picture's sides. */
function Corners({ shape, name, corner: chosen, change }: CornersProps) {
  const set = (corner: number, axis: 'x' | 'y', text: string) => {
    const point = shape.points[corner];
    const value = Number(text) / 100;
    if (point === undefined || text === '' || !Number.isFinite(value)) return;
    change(withCorner(shape, corner, { ...point, [axis]: value }));
  };
  const field = (corner: number, axis: 'x' | 'y', share: number) => (
    <input
      type="number"
      min={0}
      max={100}
      step={0.1}
      value={String(Math.round(share * 10_000) / 100)}
      aria-label={t(`scene.corner_${axis}`, { corner: corner + 1, area: name })}
      onChange={({ currentTarget }) => set(corner, axis, currentTarget.value)}
    />
  );
  return (
    <table class="corner-table">
      <thead>
        <tr>
          <th scope="col">{t('scene.cornerHead')}</th>
          <th scope="col">{t('scene.left')}</th>
          <th scope="col">{t('scene.top')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {shape.points.map(({ x, y }, corner) => (
          <tr key={corner} data-chosen={corner === chosen}>
            <th scope="row">{corner + 1}</th>
            <td>{field(corner, 'x', x)}</td>
            <td>{field(corner, 'y', y)}</td>
            <td class="corner-actions">
              <Button
                look="quiet"
                aria-label={t('scene.addCorner', { corner: corner + 1, area: name })}
                title={t('scene.addCorner', { corner: corner + 1, area: name })}
                disabled={shape.points.length >= mostCorners}
                onClick={() => change(withCornerAfter(shape, corner))}
              >
                +
              </Button>
              <Button
                look="quiet"
                aria-label={t('scene.removeCorner', { corner: corner + 1, area: name })}
                title={t('scene.removeCorner', { corner: corner + 1, area: name })}
                disabled={shape.points.length <= 3}
                onClick={() => change(withoutCorner(shape, corner))}
              >
                −
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
