import type { CameraSetup } from '../../../src/client/nightglass-client.ts';
import {
  type FaceSizeDraft,
  faceSizeOf,
  faceSizeSettings,
  isSizeFault,
} from './face-size-draft.ts';
import {
  faultsOfSchedule,
  type ScheduleDraft,
  scheduleOf,
  scheduleSettings,
} from './schedule-draft.ts';
import { cornersBetween, faultOf, type Point, type Shape } from './shapes.ts';

type Setup = CameraSetup['setup'];

/** What of the settings of a camera is not a shape: which faces count by size, and when. */
export interface SceneDraft {
  readonly faceSize: FaceSizeDraft;
  /** Null: always. */
  readonly schedule: ScheduleDraft | null;
}

/** What keeps settings from being stored. */
export type SceneFault = 'shapes' | 'faceSize' | 'schedule';

export function sceneOf({ faceSize, schedule }: Setup): SceneDraft {
  return { faceSize: faceSizeOf(faceSize), schedule: scheduleOf(schedule) };
}

/** Zones and masks, in the order of the settings, zones first. */
export function shapesOf({ zones, masks }: Setup): Shape[] {
  const list = (value: unknown) => (Array.isArray(value) ? value : []) as Record<string, unknown>[];
  return [
    ...list(zones).map(
      ({ name, points, by }): Shape => ({
        role: 'zone',
        form: 'polygon',
        points: pointsOf(points),
        name: typeof name === 'string' ? name : '',
        by: by === 'foot' ? 'foot' : 'face',
      }),
    ),
    ...list(masks).map((mask): Shape => {
      if ('points' in mask) {
        return { role: 'mask', form: 'polygon', points: pointsOf(mask['points']) };
      }
      const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((key) => Number(mask[key]));
      const from = { x: x ?? 0, y: y ?? 0 };
      const to = { x: from.x + (width ?? 0), y: from.y + (height ?? 0) };
      return { role: 'mask', form: 'rectangle', points: cornersBetween(from, to) };
    }),
  ];
}

/** Corners as pairs, as the configuration writes them, or as the gateway shows those of a file. */
function pointsOf(value: unknown): Point[] {
  return (Array.isArray(value) ? value : []).map((point) =>
    Array.isArray(point)
      ? { x: Number(point[0]), y: Number(point[1]) }
      : { x: Number(point.x), y: Number(point.y) },
  );
}

/** Settings with these; what is not of them stays as it was. */
export function setupWith(before: Setup, shapes: readonly Shape[], scene: SceneDraft): Setup {
  const { zones: _, masks: __, faceSize: ___, schedule: ____, ...others } = before;
  const faceSize = faceSizeSettings(scene.faceSize);
  return {
    ...others,
    zones: shapes.filter((shape) => shape.role === 'zone').map(zoneSettings),
    masks: shapes.filter((shape) => shape.role === 'mask').map(maskSettings),
    ...(faceSize === undefined ? {} : { faceSize }),
    ...(scene.schedule === null ? {} : { schedule: scheduleSettings(scene.schedule) }),
  };
}

function zoneSettings({ name, by, points }: Extract<Shape, { role: 'zone' }>) {
  const given = name.trim();
  return { ...(given === '' ? {} : { name: given }), points: pairs(points), by };
}

function maskSettings({ form, points }: Shape) {
  const [from, , to] = points;
  if (form === 'polygon' || from === undefined || to === undefined) {
    return { points: pairs(points) };
  }
  const side = (low: number, high: number) => Math.round((high - low) * 10_000) / 10_000;
  return { x: from.x, y: from.y, width: side(from.x, to.x), height: side(from.y, to.y) };
}

function pairs(points: readonly Point[]): [number, number][] {
  return points.map(({ x, y }) => [x, y]);
}

export function faultsOfScene(shapes: readonly Shape[], scene: SceneDraft): SceneFault[] {
  const faults: SceneFault[] = [];
  if (shapes.some((shape) => faultOf(shape) !== undefined)) faults.push('shapes');
  if (isSizeFault(scene.faceSize)) faults.push('faceSize');
  const { schedule } = scene;
  if (schedule !== null && faultsOfSchedule(schedule).length > 0) faults.push('schedule');
  return faults;
}
