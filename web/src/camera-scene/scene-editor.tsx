import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import {
  addShape,
  cancelSketch,
  canUndo,
  closeSketch,
  type Drawing,
  mayAdd,
  undo,
} from './drawing.ts';
import { FaceSizeFields } from './face-size-fields.tsx';
import type { SceneDraft } from './scene-draft.ts';
import { SceneStage } from './scene-stage.tsx';
import { ScheduleFields } from './schedule-fields.tsx';
import { ShapeList } from './shape-list.tsx';
import { middleOf } from './shapes.ts';
import { Legend, type SwatchKind } from './swatch.tsx';
import type { Tool } from './use-stage-pointer.ts';
import './scene.css';

export interface SceneEditorProps {
  readonly name: string;
  /** Undefined where the camera gives none: what needs none can be changed all the same. */
  readonly picture: Blob | undefined;
  readonly size: { readonly width: number; readonly height: number };
  readonly readOnly: boolean;
  readonly drawing: Drawing;
  readonly onDrawing: (change: (drawing: Drawing) => Drawing) => void;
  readonly scene: SceneDraft;
  readonly onScene: (scene: SceneDraft) => void;
}

const tabs = ['shapes', 'size', 'times'] as const;
type Tab = (typeof tabs)[number];

/** Zones, masks, sizes of faces and times of a camera. */
export function SceneEditor(props: SceneEditorProps) {
  const { name, picture, size, readOnly, drawing, onDrawing, scene, onScene } = props;
  const [tab, setTab] = useState<Tab>('shapes');
  const [tool, setTool] = useState<Tool>('move');
  const { faceSize, schedule } = scene;
  useDrawingKeys(drawing, onDrawing);
  const edits = { shapes: 'shapes', size: 'sizes', times: 'nothing' } as const;
  return (
    <div class="scene stack">
      <fieldset class="switch scene-tabs">
        <legend class="visually-hidden">{t('scene.parts')}</legend>
        {tabs.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === tab}
            onClick={() => {
              onDrawing(cancelSketch);
              setTab(each);
            }}
          >
            {t(`scene.tab_${each}`)}
          </button>
        ))}
      </fieldset>
      {tab === 'times' ? (
        <ScheduleFields
          schedule={schedule}
          readOnly={readOnly}
          onSchedule={(next) => onScene({ ...scene, schedule: next })}
        />
      ) : (
        <div class="scene-where">
          <div class="stack">
            {tab === 'shapes' && !readOnly && (
              <Tools {...{ tool, drawing, onDrawing }} onTool={setTool} />
            )}
            {picture !== undefined && (
              <SceneStage
                picture={picture}
                size={size}
                alt={t('scene.picture', { name })}
                tool={tool}
                edits={readOnly ? 'nothing' : edits[tab]}
                drawing={drawing}
                onDrawing={onDrawing}
                faceSize={faceSize}
                onFaceSize={(next) => onScene({ ...scene, faceSize: next })}
              />
            )}
            {/* Below the picture, which must not move while it is drawn on. */}
            {tab === 'shapes' && !readOnly && (
              <p class="muted" role="status">
                {t(drawing.sketch === null ? `scene.toolWhat_${tool}` : 'scene.sketching')}
              </p>
            )}
            <Legend kinds={kindsOf(drawing, scene)} />
          </div>
          {tab === 'shapes' ? (
            <ShapeList drawing={drawing} readOnly={readOnly} onDrawing={onDrawing} />
          ) : (
            <FaceSizeFields
              faceSize={faceSize}
              readOnly={readOnly}
              onFaceSize={(next) => onScene({ ...scene, faceSize: next })}
            />
          )}
        </div>
      )}
    </div>
  );
}

/** What the legend explains: zones and masks always, the rest where it is drawn. */
function kindsOf({ shapes }: Drawing, { faceSize }: SceneDraft): SwatchKind[] {
  const hasZone = shapes.some(({ role }) => role === 'zone');
  return [
    'zone',
    'mask',
    ...(hasZone ? (['outside'] as const) : []),
    ...(['smallest', 'largest'] as const).filter((limit) => faceSize[limit] !== null),
  ];
}

interface ToolsProps {
  readonly tool: Tool;
  readonly drawing: Drawing;
  readonly onDrawing: SceneEditorProps['onDrawing'];
  readonly onTool: (tool: Tool) => void;
}

function Tools({ tool, drawing, onDrawing, onTool }: ToolsProps) {
  const tools: readonly Tool[] = ['move', 'zone', 'mask', 'rectangle'];
  return (
    <div class="button-row">
      <fieldset class="switch">
        <legend class="visually-hidden">{t('scene.tools')}</legend>
        {tools.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === tool}
            onClick={() => {
              onDrawing(cancelSketch);
              onTool(each);
            }}
          >
            {t(`scene.tool_${each}`)}
          </button>
        ))}
      </fieldset>
      {(['zone', 'mask'] as const).map((role) => (
        <Button
          key={role}
          disabled={!mayAdd(drawing, role)}
          onClick={() => {
            onTool('move');
            const form = role === 'zone' ? 'polygon' : 'rectangle';
            onDrawing((now) => addShape(now, middleOf(role, form)));
          }}
        >
          {t(role === 'zone' ? 'scene.addZone' : 'scene.addMask')}
        </Button>
      ))}
      <Button disabled={!canUndo(drawing)} onClick={() => onDrawing(undo)}>
        {t('scene.undo')}
      </Button>
    </div>
  );
}

/** Enter closes what is drawn, Escape cancels it instead of the dialog, Ctrl+Z takes back. */
function useDrawingKeys(drawing: Drawing, onDrawing: SceneEditorProps['onDrawing']): void {
  // A key may come before what was drawn last is rendered and its effects have run.
  const latest = useRef({ drawing, onDrawing });
  latest.current = { drawing, onDrawing };
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isField = event.target instanceof Element && event.target.matches('input, select');
      const isControl = isField || event.target instanceof HTMLButtonElement;
      const isDrawing = latest.current.drawing.sketch !== null;
      const change = changeOf(event, { isDrawing, isField, isControl });
      if (change === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      latest.current.onDrawing(change);
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, []);
}

function changeOf(
  { key, ctrlKey, metaKey }: KeyboardEvent,
  at: { readonly isDrawing: boolean; readonly isField: boolean; readonly isControl: boolean },
): ((drawing: Drawing) => Drawing) | undefined {
  if (key.toLowerCase() === 'z' && (ctrlKey || metaKey)) return at.isField ? undefined : undo;
  if (!at.isDrawing) return undefined;
  if (key === 'Escape') return cancelSketch;
  return key === 'Enter' && !at.isControl ? closeSketch : undefined;
}
