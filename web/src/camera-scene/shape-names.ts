import { t } from '../i18n/t.ts';
import type { Shape } from './shapes.ts';

/** What a shape is called: by its own name, or counted among those of its role. */
export function nameOfShape(shapes: readonly Shape[], at: number): string {
  const shape = shapes[at];
  if (shape === undefined) return '';
  if (shape.role === 'zone' && shape.name.trim() !== '') return shape.name.trim();
  const count = shapes.slice(0, at + 1).filter(({ role }) => role === shape.role).length;
  return t(shape.role === 'zone' ? 'scene.zone' : 'scene.mask', { count });
}
